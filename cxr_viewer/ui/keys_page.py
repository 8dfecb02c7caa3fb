"""Every action with its keys in the order of the menus: rows for the list, a page for the printer."""

import html
from dataclasses import dataclass

from cxr_viewer.ui import menus, worklist_query
from cxr_viewer.ui.action_spec import ActionSpec
from cxr_viewer.ui.key_bindings import KeyBindings, plain, shown

PRESETS = "Window presets"
LABELS = "Labels"
OTHERS = "Others"
_GROUPS = {"preset": PRESETS, "label": LABELS, "sort": "Worklist", "filter": "Worklist"}
MOUSE_GROUP = "Mouse and arrows"
SEARCH_GROUP = "In the search box of the worklist"
MOUSE = (
    ("Left drag on the image", "window: right widens, up brightens"),
    ("Shift and left drag", "window, with every tool"),
    ("Left drag on a chosen finding", "move it; on a handle, resize it"),
    ("Click on a box, click again", "choose the smallest box there, then the next larger"),
    ("Right drag, wheel", "zoom about the point under the cursor"),
    ("Middle drag", "pan"),
    ("Double click", "fit"),
    ("Arrow keys, with Shift, with Ctrl", "move the chosen finding by 1, by 10 pixels; resize it"),
)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One line of the list.

    Attributes:
        name: of the action, "" for what the mouse does.
        keys: as this platform writes them, " or " between two.
        text, tip: what the action is called and does; of the mouse, the gesture and what it does.
    """

    group: str
    name: str
    keys: str
    text: str
    tip: str

    def matches(self, words: str) -> bool:
        """Whether every word occurs in group, text, tip or keys; what looks like a key is one ("ctrl+z")."""
        text = f"{self.group} {self.text} {self.tip} {self.keys}".casefold()
        return all(self._has(word, text) for word in words.casefold().split())

    def _has(self, word: str, text: str) -> bool:
        if len(word) == 1 or "+" in word[:-1]:
            return word in (key.casefold() for key in self.keys.split(" or "))
        return word in text


def rows_of(bindings: KeyBindings) -> tuple[KeyRow, ...]:
    """Return every action in the order of the menus, then presets, gestures of the mouse and words of the search."""
    specs = {spec.name: spec for spec in bindings.specs}
    rows = [
        _row(title, specs[name], bindings) for title, names in menus.LAYOUT.items() for name in names if name in specs
    ]
    placed = {row.name for row in rows}
    for spec in bindings.specs:
        if spec.name not in placed:
            group = _GROUPS.get(spec.name.split("_")[0], OTHERS)
            rows.append(_row(group, spec, bindings))
    rows += [KeyRow(MOUSE_GROUP, "", "", gesture, meaning) for gesture, meaning in MOUSE]
    rows += [KeyRow(SEARCH_GROUP, "", "", written, meaning) for written, meaning in worklist_query.EXAMPLES]
    return tuple(sorted(rows, key=lambda row: _order(row.group)))


def printed(rows: tuple[KeyRow, ...]) -> str:
    """Return the list as a page for white paper: actions without a key are left out."""
    parts = ["<h2>CXR Viewer: keys</h2>"]
    for group in dict.fromkeys(row.group for row in rows):
        lines = "".join(
            f"<tr><td width='230'><b>{html.escape(left)}</b></td><td>{html.escape(right)}</td></tr>"
            for row in rows
            if row.group == group
            for left, right in [(row.keys, row.text) if row.name else (row.text, row.tip)]
            if left
        )
        if lines:
            parts.append(f"<h3>{html.escape(group)}</h3><table cellpadding='2'>{lines}</table>")
    return "".join(parts)


def _order(group: str) -> int:
    groups = (*menus.LAYOUT, PRESETS, LABELS, OTHERS, MOUSE_GROUP, SEARCH_GROUP)
    return groups.index(group)


def _row(group: str, spec: ActionSpec, bindings: KeyBindings) -> KeyRow:
    keys = " or ".join(shown(key) for key in bindings.keys(spec.name))
    return KeyRow(group, spec.name, keys, plain(spec), spec.tip)
