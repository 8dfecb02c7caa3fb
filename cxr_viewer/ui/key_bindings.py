"""Which key stands for which action: the table's keys, with the reader's own in their place."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence

from cxr_viewer.ui import actions as action_table
from cxr_viewer.ui.action_spec import ActionSpec
from cxr_viewer.ui.settings import Settings

_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_CHORD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class KeyBindings(QObject):
    """Puts keys on the actions and keeps the reader's own in the settings; every change holds at once."""

    changed = Signal()

    def __init__(
        self,
        actions: dict[str, QAction],
        specs: tuple[ActionSpec, ...],
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._actions, self._settings = actions, settings
        self._specs = {spec.name: spec for spec in specs}
        self._keys: dict[str, tuple[str, ...]] = {}
        self._apply()

    @property
    def specs(self) -> tuple[ActionSpec, ...]:
        """Every action that has a place in the list of keys."""
        return tuple(self._specs.values())

    def keys(self, name: str) -> tuple[str, ...]:
        """Return the keys in force, as Qt writes them on every platform ("Ctrl+Z")."""
        return self._keys[name]

    def is_own(self, name: str) -> bool:
        """Whether the reader changed the keys of an action."""
        return self._settings.keys(name) is not None

    def is_fixed(self, name: str) -> bool:
        """Whether the image itself handles the key, so that it cannot be changed."""
        return self._specs[name].scope == "shown"

    def holder(self, key: str) -> str | None:
        """Return the name of the action that a key stands for."""
        wanted = portable(key)
        return next((name for name, keys in self._keys.items() if wanted in keys), None)

    def refusal(self, name: str, key: str) -> str:
        """Return why a key cannot stand for an action, "" when it can; one that is taken is refused too."""
        spec, wanted = self._specs[name], portable(key)
        if not wanted:
            return "Press a key first."
        if self.is_fixed(name):
            return f"The key of “{plain(spec)}” belongs to the image and cannot be changed."
        combination = QKeySequence(wanted)[0]  # type: ignore[index]  # the stubs forget that it can be indexed
        if combination.key() in _ARROWS:
            return "The arrow keys move boxes and the chosen row; take another key."
        if spec.scope == "window" and _is_typed(combination.key(), combination.keyboardModifiers()):
            return (
                f"“{plain(spec)}” works everywhere, also while you type: take a key with Ctrl or Alt, or a function "
                "key. Single letters work on the image only."
            )
        other = self.holder(wanted)
        if other is not None and other != name:
            return f"{shown(wanted)} stands for “{plain(self._specs[other])}” already."
        return ""

    def set_keys(self, name: str, keys: Iterable[str]) -> None:
        """Give an action other keys.

        Raises:
            ValueError: a key is refused (see ``refusal``); nothing is changed.
        """
        wanted = tuple(dict.fromkeys(portable(key) for key in keys))
        for key in wanted:
            if reason := self.refusal(name, key):
                raise ValueError(reason)
        self._settings.keep_keys(name, None if wanted == _own_keys(self._specs[name]) else wanted)
        self._apply()

    def take(self, name: str, key: str) -> None:
        """Give a key to an action and take it from the one that has it."""
        other = self.holder(key)
        if other is not None and not self.is_fixed(other):
            self.set_keys(other, (kept for kept in self.keys(other) if kept != portable(key)))
        self.set_keys(name, (key,))

    def reset(self, name: str) -> None:
        """Go back to the table's keys of an action, but for those that the reader gave to another one."""
        self._settings.keep_keys(name, None)
        self._apply()

    def reset_all(self) -> None:
        """Go back to the table's keys."""
        for name in self._specs:
            self._settings.keep_keys(name, None)
        self._apply()

    def _apply(self) -> None:
        """Work out who has which key, and put the keys on the actions; the reader's own come first."""
        own = {name: self._settings.keys(name) for name, spec in self._specs.items() if spec.scope != "shown"}
        taken = {key for name in self._specs if self.is_fixed(name) for key in _own_keys(self._specs[name])}
        self._keys = {}
        for name, keys in own.items():
            if keys is not None:
                self._keys[name] = tuple(key for key in keys if key and key not in taken)
                taken |= set(self._keys[name])
        for name, spec in self._specs.items():
            if name not in self._keys:
                keys = _own_keys(spec)
                self._keys[name] = keys if self.is_fixed(name) else tuple(key for key in keys if key not in taken)
        for name, spec in self._specs.items():
            action_table.show_keys(self._actions[name], spec, self._keys[name])
        self.changed.emit()


def portable(key: str) -> str:
    """Return a key as it is stored, "" for none."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def shown(key: str) -> str:
    """Return a key as this platform writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def plain(spec: ActionSpec) -> str:
    """Return the action's words without the dots of a menu."""
    return spec.text.rstrip("…")


def _own_keys(spec: ActionSpec) -> tuple[str, ...]:
    return tuple(portable(key) for key in spec.keys)


def _is_typed(key: int, modifiers: Qt.KeyboardModifier) -> bool:
    """Whether a key writes something, or moves the cursor, while a text field has the keyboard."""
    if modifiers & _CHORD:
        return False
    return not (Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35 or key == Qt.Key.Key_Escape)
