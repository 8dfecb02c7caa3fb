"""What the window remembers between two starts, typed, over QSettings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from PySide6.QtCore import QByteArray, QSettings

from cxr_viewer.core.candidates import Thresholds, parse_size

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Row(Generic[Value]):
    """One remembered value: its key, what holds before anything was remembered, and its type by that value."""

    key: str
    default: Value


THEME = Row("window/theme", "dark")
GEOMETRY = Row("window/geometry", QByteArray())
SPLITTER = Row("window/splitter", QByteArray())
WORKLIST_SHOWN = Row("window/worklist_shown", True)
PANEL_SHOWN = Row("window/panel_shown", True)
KEEP_WINDOW = Row("display/keep_window", False)
COMPARED = Row("compare/shows", "")
LINKED = Row("compare/linked", True)
COMPARED_SHARE = Row("compare/share", 50)
"""Per cent of the width that the image which is read has beside another one."""
WRONG_POLARITY: Row[tuple[str, ...]] = Row("display/wrong_polarity", ())
"""Devices (manufacturer and model) and single images whose header says the wrong polarity."""
TEXT_SIZE = Row("window/text_size", 100)
"""Percent of the normal size."""
READER = Row("reading/reader", "")
"""Who reads; "" for the login name."""
CACHE_MB = Row("files/cache_mb", 1024)
"""Largest size of the candidate cache on the disk, in MB."""
BUNDLE_FOLDER = Row("model/bundle_folder", "")
RECENT: Row[tuple[str, ...]] = Row("files/recent", ())
LAST_FOLDER = Row("files/last_folder", "")
WORKLIST_ORDER = Row("worklist/order", "")
WELCOMED = Row("window/welcomed", False)
DETECT_AHEAD = Row("worklist/detect_ahead", True)

SWITCHES: dict[str, Row[bool]] = {
    "keep_window": KEEP_WINDOW,
    "link_views": LINKED,
    "detect_ahead": DETECT_AHEAD,
}
"""Checkable actions that are settings too, and have a line of their own on the page of settings."""

MOST_RECENT = 8


class Settings:
    """Typed access to one settings file."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    def get(self, row: Row[Value]) -> Value:
        """Return the remembered value, or the row's default when there is none of the right type."""
        value = self._store.value(row.key, row.default)
        if isinstance(row.default, bool):
            return _as_type(row, str(value).lower() in ("true", "1"))
        if isinstance(row.default, int):
            return _as_type(row, int(str(value)) if str(value).isdecimal() else row.default)
        if isinstance(row.default, tuple):
            entries = [value] if isinstance(value, str) else value if isinstance(value, (list, tuple)) else []
            return _as_type(row, tuple(str(entry) for entry in entries if entry))
        if isinstance(row.default, int):
            return _as_type(row, int(str(value)) if str(value).isdecimal() else row.default)
        return value if isinstance(value, type(row.default)) else row.default

    def set(self, row: Row[Value], value: Value) -> None:
        """Remember a value."""
        self._store.setValue(row.key, list(value) if isinstance(value, tuple) else value)

    def remember_recent(self, path: str) -> None:
        """Put a path at the head of what was opened recently."""
        others = [other for other in self.get(RECENT) if other != path]
        self.set(RECENT, (path, *others[: MOST_RECENT - 1]))

    def thresholds(self, bundle_digest: str) -> Thresholds | None:
        """Return where the reader left the sliders of a bundle; None for the bundle's own values."""
        parts = str(self._store.value(_thresholds_key(bundle_digest), "")).split()
        if len(parts) != 3:
            return None
        try:
            return Thresholds(float(parts[0]), float(parts[1]), parse_size(parts[2]))
        except ValueError:
            return None

    def keep_thresholds(self, bundle_digest: str, thresholds: Thresholds | None) -> None:
        """Remember the sliders of a bundle; None forgets them."""
        key = _thresholds_key(bundle_digest)
        if thresholds is None:
            self._store.remove(key)
        else:
            self._store.setValue(key, f"{thresholds.score:g} {thresholds.overlap:g} {thresholds.size_text}")

    def keys(self, action: str) -> tuple[str, ...] | None:
        """Return the keys that the reader gave to an action, possibly none; None for the table's own."""
        key = f"keys/{action}"
        if not self._store.contains(key):
            return None
        return tuple(part for part in str(self._store.value(key, "")).split(" ") if part)

    def keep_keys(self, action: str, keys: tuple[str, ...] | None) -> None:
        """Remember the keys of an action; None forgets them."""
        if keys is None:
            self._store.remove(f"keys/{action}")
        else:
            self._store.setValue(f"keys/{action}", " ".join(keys))

    @property
    def path(self) -> Path:
        """The file in which all this lies."""
        return Path(self._store.fileName())

    def flush(self) -> None:
        """Write to disk now, readable by this user only: paths of studies may name patients."""
        self._store.sync()
        path = Path(self._store.fileName())
        if path.is_file():
            path.chmod(0o600)


def _thresholds_key(bundle_digest: str) -> str:
    return f"thresholds/{bundle_digest[:16]}"


def _as_type(row: Row[Value], value: object) -> Value:
    return value if isinstance(value, type(row.default)) else row.default
