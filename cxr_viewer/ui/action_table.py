"""The table of every action. Nothing else in the window names a shortcut."""

from cxr_viewer.ui.action_spec import ActionSpec
from cxr_viewer.ui.desk_actions import DESK_ACTIONS
from cxr_viewer.ui.reading_actions import READING_ACTIONS

SPECS: tuple[ActionSpec, ...] = DESK_ACTIONS + READING_ACTIONS


def preset_specs(names: dict[str, str]) -> tuple[ActionSpec, ...]:
    """Return the actions of the window presets, for key -> name."""
    return tuple(
        ActionSpec(f"preset_{key}", name, f"See the image through the window “{name}”.", (key,))
        for key, name in names.items()
    )


def label_specs(words: dict[str, str]) -> tuple[ActionSpec, ...]:
    """Return the actions that label the chosen box, for code -> words; Alt and a digit, for Ctrl means a verdict."""
    none = ActionSpec("label_none", "No label", "Take the label off the chosen box.", ("Alt+0",))
    labels = (
        ActionSpec(
            f"label_{code}",
            f"{text[:1].upper()}{text[1:]}",
            f"Call the chosen box {text}; a box of the model is accepted by it.",
            (f"Alt+{number}",) if number <= 9 else (),
        )
        for number, (code, text) in enumerate(words.items(), 1)
    )
    return (*labels, none)
