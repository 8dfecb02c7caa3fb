"""What a file was found to be, as text: short enough to travel between processes and to be kept for the next time."""

import json
from dataclasses import fields
from pathlib import Path
from zlib import crc32

from cxr_viewer.core.studies import Instance, SkippedFile, UnreadableFile

Found = Instance | UnreadableFile | SkippedFile

_WRITTEN = tuple(field for field in fields(Instance) if field.name != "path")
_FIELDS = tuple(field.name for field in _WRITTEN)
_TUPLES = tuple(number for number, field in enumerate(_WRITTEN) if isinstance(field.default, tuple))
_INSTANCE, _UNREADABLE, _SKIPPED = "i", "u", "s"

LAYOUT = f"{crc32(' '.join(_FIELDS).encode()):08x}"
"""Changes when the fields of an instance do: text of another layout cannot be read."""


def written(found: Found) -> str:
    """Return what a file is as text, without its path."""
    match found:
        case Instance():
            values = [_INSTANCE, *(getattr(found, name) for name in _FIELDS)]
        case UnreadableFile():
            values = [_UNREADABLE, found.reason]
        case SkippedFile():
            values = [_SKIPPED, found.reason]
    return json.dumps(values, ensure_ascii=True, separators=(",", ":"))


def read(path: Path, text: str) -> Found:
    """Return what `written` was given.

    Raises:
        ValueError: the text is none of this layout.
    """
    values = json.loads(text)
    if not isinstance(values, list) or not values:
        raise ValueError("no list of values")
    kind, *others = values
    if kind == _INSTANCE and len(others) == len(_FIELDS):
        for number in _TUPLES:
            others[number] = tuple(others[number])
        return Instance(path=path, **dict(zip(_FIELDS, others, strict=True)))
    if kind in (_UNREADABLE, _SKIPPED) and len(others) == 1:
        return (UnreadableFile if kind == _UNREADABLE else SkippedFile)(path, others[0])
    raise ValueError("values of another layout")
