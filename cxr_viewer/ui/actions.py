"""The table of every action: name, text, icon, keys, tip. Nothing else in the window names a shortcut."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import QWidget

from cxr_viewer.ui import icons

Scope = Literal["window", "canvas", "shown"]
"""Where the keys work: everywhere; with the image in focus; "shown" keys are handled by the image view itself."""


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing the reader can do."""

    name: str
    text: str
    tip: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    scope: Scope = "canvas"
    checkable: bool = False


SPECS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "open_folder", "Open folder…", "Read every radiograph below a folder.", ("Ctrl+O",), "folder-open", "window"
    ),
    ActionSpec("open_files", "Open files…", "Read single files or a DICOMDIR.", ("Ctrl+Shift+O",), "file", "window"),
    ActionSpec(
        "open_demo", "Open demo", "Open the simulated radiographs that come with the program.", (), "lungs", "window"
    ),
    ActionSpec("stop_indexing", "Stop looking for files", "Keep what was found so far.", (), "stop", "window"),
    ActionSpec(
        "export",
        "Export corrections…",
        "Write the signed reviews as a correction set.",
        ("Ctrl+E",),
        "export",
        "window",
    ),
    ActionSpec(
        "import_boxes",
        "Import boxes…",
        "Take boxes that somebody else drew over as that reader's findings: RSNA CSV or COCO JSON.",
        (),
        "",
        "window",
    ),
    ActionSpec(
        "study_report",
        "Report of this study…",
        "Write one page with the picture as displayed, findings, verdict and model.",
        ("Ctrl+P",),
        "",
        "window",
    ),
    ActionSpec(
        "back_up",
        "Back up the journal…",
        "Write a copy of everything that readers said, also while it is in use.",
        (),
        "",
        "window",
    ),
    ActionSpec(
        "restore",
        "Restore the journal…",
        "Put a copy in the journal's place; the present one is kept beside it.",
        (),
        "",
        "window",
    ),
    ActionSpec(
        "erase_patient",
        "Erase this patient…",
        "Forget all that readers said of the patient on the screen; asked once, for it cannot be undone.",
        (),
        "",
        "window",
    ),
    ActionSpec(
        "clear_caches",
        "Clear caches",
        "Delete what the program can make again: candidates, known files, compiled networks.",
        (),
        "",
        "window",
    ),
    ActionSpec("clear_recent", "Forget recent folders", "Empty the list of what was opened.", (), "", "window"),
    ActionSpec("settings", "Settings…", "Looks, reader, model, what is kept and where.", ("Ctrl+,",), "", "window"),
    ActionSpec(
        "export_ledger",
        "Export ledger…",
        "Write what became of every box of the model, and every box of yours, one line each.",
        ("Ctrl+Shift+E",),
        "",
        "window",
    ),
    ActionSpec("quit", "Quit", "Close the window; everything is saved already.", ("Ctrl+Q",), "quit", "window"),
    ActionSpec(
        "tool_window",
        "Window",
        "Drag on the image: right widens, up brightens.",
        ("W",),
        "window-level",
        checkable=True,
    ),
    ActionSpec(
        "tool_zoom",
        "Zoom",
        "Drag up or down to zoom about the point under the cursor; the right button does so with every tool.",
        (),
        "zoom",
        checkable=True,
    ),
    ActionSpec(
        "tool_pan", "Pan", "Drag the image; the middle button does so with every tool.", ("P",), "pan", checkable=True
    ),
    ActionSpec(
        "tool_box", "Box", "Draw the box of an opacity that the model did not show.", ("B",), "box", checkable=True
    ),
    ActionSpec(
        "export_picture",
        "Export picture as displayed…",
        "Write what is on the screen as a PNG, boxes and scale included, without the patient's name.",
        ("Ctrl+Alt+P",),
        "",
        "window",
    ),
    ActionSpec(
        "export_native",
        "Export every pixel as a picture…",
        "Write all native pixels as an 8-bit PNG through the window in force, upright and without boxes.",
        (),
        "",
        "window",
    ),
    ActionSpec(
        "tool_measure",
        "Measure",
        "Draw a line: its length in pixels, or in millimetres with what they are measured at; Esc removes it.",
        ("M",),
        "ruler",
        checkable=True,
    ),
    ActionSpec(
        "magnify",
        "Magnifier (hold)",
        "A lens follows the cursor while the key is held, through the window in force.",
        ("Z",),
        "",
        "shown",
    ),
    ActionSpec("invert", "Invert", "Swap black and white on the screen only.", ("I",), "invert", checkable=True),
    ActionSpec(
        "wrong_polarity",
        "Polarity of this device is wrong",
        "Show every image of this device the other way round, to the model too; once more takes it back.",
        ("Ctrl+I",),
        checkable=True,
    ),
    ActionSpec(
        "keep_window",
        "Keep window across images",
        "See the next image through the window chosen here; else each opens in its own automatic window.",
        ("Shift+W",),
        checkable=True,
    ),
    ActionSpec("flip_across", "Mirror left to right", "Exchange left and right; on the screen only.", ("H",)),
    ActionSpec("flip_down", "Mirror top to bottom", "Exchange top and bottom; on the screen only.", ("V",)),
    ActionSpec("turn_right", "Turn right", "Turn the image a quarter clockwise; on the screen only.", ("R",)),
    ActionSpec(
        "turn_left", "Turn left", "Turn the image a quarter counter-clockwise; on the screen only.", ("Shift+R",)
    ),
    ActionSpec("fit", "Fit", "Show the whole image.", ("=",), "fit"),
    ActionSpec("one_to_one", "1:1", "One image pixel on one screen pixel.", ("Ctrl+0",), "", "window"),
    ActionSpec("zoom_in", "Zoom in", "Enlarge about the middle of the view.", ("+",)),
    ActionSpec("zoom_out", "Zoom out", "Reduce about the middle of the view.", ("-",)),
    ActionSpec(
        "hide_boxes",
        "Hide",
        "Take all boxes off the image until it is pressed again.",
        ("O",),
        "eye-off",
        checkable=True,
    ),
    ActionSpec(
        "show_others",
        "Boxes of other readers",
        "Show what others drew, after your own signature only; it cannot be changed.",
        ("Shift+O",),
        checkable=True,
    ),
    ActionSpec(
        "peek",
        "Peek under the boxes (hold)",
        "Everything over the image goes while the key is held.",
        ("Space",),
        "",
        "shown",
    ),
    ActionSpec(
        "compare_prior",
        "Prior beside",
        "Show the last study of the same patient beside the image.",
        ("C",),
        "prior",
        checkable=True,
    ),
    ActionSpec(
        "compare_views",
        "Other view beside",
        "Show PA and lateral of one study side by side.",
        ("Shift+V",),
        checkable=True,
    ),
    ActionSpec(
        "next_beside", "Older prior", "Step on beside the image: to an older study, or another view.", ("Shift+PgDown",)
    ),
    ActionSpec(
        "previous_beside",
        "Newer prior",
        "Step back beside the image: to a newer study, or the view before.",
        ("Shift+PgUp",),
    ),
    ActionSpec(
        "link_views",
        "Link both images",
        "Zoom, position and window of one image go along with the other's.",
        ("Shift+C",),
        checkable=True,
    ),
    ActionSpec(
        "toggle_worklist", "Worklist", "Show or hide the panel on the left.", ("F7",), "panel-left", "window", True
    ),
    ActionSpec(
        "toggle_panel", "Findings panel", "Show or hide the panel on the right.", ("F8",), "panel-right", "window", True
    ),
    ActionSpec("theme_dark", "Dark", "Dark panels.", (), "", "window", True),
    ActionSpec("theme_light", "Light", "Light panels; the image stays on black.", (), "", "window", True),
    ActionSpec("theme_system", "As the system", "Follow the desktop.", (), "", "window", True),
    ActionSpec(
        "full_screen",
        "Full screen",
        "Give the image the whole screen; panels come back with F7 and F8, Esc leaves.",
        ("F11",),
        "",
        "window",
        True,
    ),
    ActionSpec("next_panel", "Next panel", "Move the keyboard to the next panel.", ("F6",), "", "window"),
    ActionSpec(
        "accept", "Accept opacity", "Take the chosen detection over as your finding.", ("Return", "Enter"), "accept"
    ),
    ActionSpec("reject", "Reject", "Say that there is no opacity in the chosen box.", ("X",), "reject"),
    ActionSpec(
        "reject_because",
        "Reject because of …",
        "Open the reasons for a rejection at the chosen box; a digit chooses one.",
        ("Shift+X",),
    ),
    ActionSpec(
        "describe",
        "Label and comment",
        "Write at the chosen box what it is; Enter keeps, Esc leaves.",
        ("E",),
    ),
    ActionSpec(
        "duplicate", "Duplicate box", "Make another finding of the chosen one, a little beside it.", ("Ctrl+D",)
    ),
    ActionSpec(
        "delete",
        "Delete box",
        "Remove your own box; a box of the model is rejected, never erased.",
        ("Delete", "Backspace"),
        "delete",
    ),
    ActionSpec("next_box", "Next box", "Choose the next box, largest first.", ("Tab",), "", "shown"),
    ActionSpec("previous_box", "Previous box", "Choose the box before.", ("Shift+Tab",), "", "shown"),
    ActionSpec("undo", "Undo", "Take the last change of this image back.", ("Ctrl+Z",), "undo", "window"),
    ActionSpec(
        "redo", "Redo", "Make the change again that was taken back.", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", "window"
    ),
    ActionSpec("outcome_opacity", "Opacity", "Your verdict: at least one opacity.", ("Ctrl+1",), "", "window", True),
    ActionSpec(
        "outcome_no_opacity", "No opacity", "Your verdict: no opacity on this image.", ("Ctrl+2",), "", "window", True
    ),
    ActionSpec(
        "outcome_unreadable",
        "Unreadable",
        "Your verdict: this image cannot be judged.",
        ("Ctrl+3",),
        "",
        "window",
        True,
    ),
    ActionSpec(
        "sign_off",
        "Sign off and next",
        "Sign the verdict and open the next image.",
        ("Ctrl+Return", "Ctrl+Enter"),
        "sign-off",
        "window",
    ),
    ActionSpec("sign_here", "Sign off and stay", "Sign the verdict and stay on this image.", ("/",)),
    ActionSpec(
        "withdraw", "Withdraw signature", "Take your signature back; boxes and verdict stay as they are.", (".",)
    ),
    ActionSpec(
        "second_read",
        "Needs second read",
        "Ask for another reader, or take that back; a signature stays as it is.",
        ("\\",),
        checkable=True,
    ),
    ActionSpec(
        "comment_image",
        "Comment on image",
        "Write a comment on this image; it goes into the review.",
        ("Shift+E",),
    ),
    ActionSpec("next_instance", "Next image", "Open the next image of the worklist.", ("D", "PgDown"), "next"),
    ActionSpec("previous_instance", "Previous image", "Open the image before.", ("A", "PgUp"), "previous"),
    ActionSpec(
        "next_unread",
        "Next unread image",
        "Open the next image without your signature.",
        ("Ctrl+Shift+D",),
        "",
        "window",
    ),
    ActionSpec(
        "previous_unread",
        "Previous unread image",
        "Open the image before without your signature.",
        ("Ctrl+Shift+A",),
        "",
        "window",
    ),
    ActionSpec(
        "find", "Find in the worklist", "Put the keyboard into the search box.", ("Ctrl+F",), "search", "window"
    ),
    ActionSpec(
        "clear_filters",
        "Show all rows",
        "Take search and filters off the worklist.",
        ("Ctrl+Shift+F",),
        "",
        "window",
    ),
    ActionSpec("sort_found", "As found", "Read in the order in which files were found.", (), "", "window", True),
    ActionSpec("sort_patient", "Patient", "Sort by name, then identifier.", (), "", "window", True),
    ActionSpec("sort_date", "Date", "Sort by date of the study.", (), "", "window", True),
    ActionSpec("sort_view", "View", "Sort by projection: PA, AP, lateral, others.", (), "", "window", True),
    ActionSpec("sort_state", "State", "Sort by how far you are.", (), "", "window", True),
    ActionSpec("sort_score", "Score", "Sort by the model's best score.", (), "", "window", True),
    ActionSpec(
        "sort_useful",
        "Most useful",
        "Unread images first, those on which the members of the model disagree most before all others.",
        ("Ctrl+U",),
        "",
        "window",
        True,
    ),
    ActionSpec("sort_ascending", "Ascending", "Lowest, oldest or first letter first.", (), "", "window", True),
    ActionSpec("sort_descending", "Descending", "Highest, newest or last letter first.", (), "", "window", True),
    ActionSpec(
        "sort_again",
        "Sort again",
        "Rows stay where they are while values come in; this puts them where they belong by now.",
        ("F9",),
        "",
        "window",
    ),
    ActionSpec("filter_pa", "PA", "Show PA views only.", (), "", "window", True),
    ActionSpec("filter_ap", "AP", "Show AP views only.", (), "", "window", True),
    ActionSpec("filter_lateral", "Lateral", "Show lateral views only.", (), "", "window", True),
    ActionSpec("filter_other", "Other views", "Show what is neither PA, AP nor lateral.", (), "", "window", True),
    ActionSpec("filter_today", "Today", "Show studies of today only.", (), "", "window", True),
    ActionSpec("filter_week", "Last 7 days", "Show studies of the last seven days only.", (), "", "window", True),
    ActionSpec("filter_month", "Last 30 days", "Show studies of the last thirty days only.", (), "", "window", True),
    ActionSpec("filter_year", "Last year", "Show studies of the last 365 days only.", (), "", "window", True),
    ActionSpec("filter_score", "Score above 0.5", "Show what the model scores above 0.5.", (), "", "window", True),
    ActionSpec("filter_disagree", "Members disagree", "Show what the members vote apart on.", (), "", "window", True),
    ActionSpec("retry_store", "Try the store again", "Try whether the store can be written now.", (), "", "window"),
    ActionSpec("score_down", "Lower the score", "Show more boxes: lower the score by 0.05.", ("[",)),
    ActionSpec("score_up", "Raise the score", "Show fewer boxes: raise the score by 0.05.", ("]",)),
    # On a US keyboard Shift+[ arrives as the sign {, elsewhere { has a key of its own: all of them are bound.
    ActionSpec(
        "overlap_down",
        "Lower the overlap",
        "Let boxes overlap less: lower the overlap by 0.05.",
        ("Shift+[", "{", "Shift+{"),
    ),
    ActionSpec(
        "overlap_up",
        "Raise the overlap",
        "Let boxes overlap more: raise the overlap by 0.05.",
        ("Shift+]", "}", "Shift+}"),
    ),
    ActionSpec(
        "reset_thresholds",
        "Thresholds of the model",
        "Put score, overlap and size back to the bundle's values.",
        ("Ctrl+\\",),
        "reset",
        "window",
    ),
    ActionSpec("load_bundle", "Load bundle…", "Read another model bundle.", ("Ctrl+L",), "bundle", "window"),
    ActionSpec(
        "demo_bundle", "Use the demo bundle", "Go back to the ensemble that comes with the program.", (), "", "window"
    ),
    ActionSpec("run_again", "Run again", "Run the model on this image once more.", ("F5",), "run", "window"),
    ActionSpec(
        "detect_ahead",
        "Look ahead",
        "Run the model on the next rows of the worklist while the computer is idle.",
        ("Shift+F5",),
        "",
        "window",
        True,
    ),
    ActionSpec(
        "detect_all",
        "Run over the whole list",
        "Run the model on every unread row that it has not seen; again to stop.",
        ("Ctrl+F5",),
        "",
        "window",
        True,
    ),
    ActionSpec(
        "stop_detection", "Stop the model", "Stop after the member that runs now.", ("Escape",), "stop", "window"
    ),
    ActionSpec(
        "show_anyway",
        "Show boxes of a withheld image",
        "Run the model where it says it should not be trusted; this is recorded.",
        (),
        "warning",
        "window",
    ),
    ActionSpec(
        "model_card", "Model card", "What the model is, what it learned from, what it is worth.", (), "info", "window"
    ),
    ActionSpec("shortcuts", "Keys", "Every action with its key.", ("F1",), "keyboard", "window"),
    ActionSpec(
        "self_test",
        "This computer…",
        "Engine and versions, and the time that one image takes here.",
        (),
        "",
        "window",
    ),
    ActionSpec("about", "About CXR Viewer", "Version, licence, and what the program is not.", (), "info", "window"),
)


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


def build(window: QWidget, canvas: QWidget, specs: tuple[ActionSpec, ...] = SPECS) -> dict[str, QAction]:
    """Return every action by its name; keys of scope "canvas" fire only while ``canvas`` has the keyboard."""
    built: dict[str, QAction] = {}
    for spec in specs:
        action = QAction(spec.text, window)
        action.setObjectName(spec.name)
        action.setCheckable(spec.checkable)
        action.setStatusTip("")
        if spec.icon:
            action.setIcon(_icon(spec))
        show_keys(action, spec, spec.keys)
        if spec.scope == "canvas":
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            canvas.addAction(action)
        else:
            window.addAction(action)
        built[spec.name] = action
    return built


def show_keys(action: QAction, spec: ActionSpec, keys: tuple[str, ...]) -> None:
    """Put keys on an action and into its tip; a key of scope "shown" is only named, the image handles it."""
    first = QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if keys else ""
    action.setToolTip(f"{spec.tip} [{first}]" if first else spec.tip)
    if spec.scope == "shown":
        action.setText(f"{spec.text}\t{first}")
    else:
        action.setShortcuts([QKeySequence(key) for key in keys])


def refresh_icons(built: dict[str, QAction]) -> None:
    """Draw the icons anew after the theme changed."""
    for spec in SPECS:
        if spec.icon:
            built[spec.name].setIcon(_icon(spec))


def _icon(spec: ActionSpec) -> QIcon:
    return icons.icon(spec.icon, is_on_accent=not spec.name.startswith("toggle_"))
