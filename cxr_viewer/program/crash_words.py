"""Errors and stacks as words that name code and nothing else: no message, no value, no folder of a person.

Messages of exceptions are left out, because ours and those of libraries name files, and files name patients. Kept are
only those that the interpreter itself makes of names in the code.
"""

import re
import sys
from pathlib import PurePosixPath, PureWindowsPath
from traceback import walk_tb
from types import CodeType

_OWN = ("cxr_viewer", "model_training")
_LIBRARIES = ("site-packages", "dist-packages")
_MOST_FRAMES = 40
_LONGEST_CHAIN = 6

_NAMES = r"'[A-Za-z_][\w.]*'"
_TOLD = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_NAMES} object has no attribute {_NAMES}",
        rf"name {_NAMES} is not defined",
        rf"cannot access local variable {_NAMES} where it is not associated with a value",
        rf"{_NAMES} object is not (callable|iterable|subscriptable)",
        rf"unsupported operand type\(s\) for [^\w\s]{{1,3}}: {_NAMES} and {_NAMES}",
        r"(list|tuple|string) index out of range",
        r"(integer )?(division|modulo|division or modulo) by zero",
        r"maximum recursion depth exceeded( while calling a Python object| in comparison)?",
    )
)
_QUOTED = re.compile(r"'([\w.]+)'")
_TYPES = {"NoneType", "bool", "bytes", "dict", "float", "function", "int", "list", "method", "set", "str", "tuple"}


def lines_of(error: BaseException) -> list[str]:
    """Return an error, its frames from the outermost inwards, and what it was caused by."""
    lines: list[str] = []
    told: set[int] = set()
    current: BaseException | None = error
    while current is not None and len(told) < _LONGEST_CHAIN and id(current) not in told:
        told.add(id(current))
        lines.append(f"{'caused by ' if len(told) > 1 else ''}{_type_of(current)}: {_message(current)}")
        frames = [(frame.f_code, number) for frame, number in walk_tb(current.__traceback__)]
        lines += [f"  {_frame(code, number)}" for code, number in frames[-_MOST_FRAMES:]]
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return lines


def place_of(file: str) -> str:
    """Return a code file without the folder it is installed in, or "elsewhere" where that cannot be told apart."""
    parts = PurePosixPath(file.replace("\\", "/")).parts
    for library in _LIBRARIES:
        if library in parts:
            return "/".join(parts[parts.index(library) + 1 :])
    for number, part in enumerate(parts):
        following = parts[number + 1] if len(parts) > number + 1 else ""
        is_package = part in _OWN and part not in parts[number + 1 :]
        if is_package or (part == "tests" and (following in _OWN or following.endswith(".py"))):
            return "/".join(parts[number:])
        if re.fullmatch(r"python3\.\d+|Lib", part) and following:
            return "python/" + "/".join(parts[number + 1 :])
    if (file.startswith("<frozen ") and file.endswith(">")) or (getattr(sys, "frozen", False) and not _has_root(file)):
        return file
    return "elsewhere"


def _has_root(file: str) -> bool:
    """Whether a path is one of a disk; code of a packed program has none."""
    return PurePosixPath(file).is_absolute() or bool(PureWindowsPath(file).anchor)


def _frame(code: CodeType, line: int) -> str:
    place = place_of(code.co_filename)
    return f"{place}:{line} in {code.co_name}" if place != "elsewhere" else place


def _type_of(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _message(error: BaseException) -> str:
    """Return the message when the interpreter made it of names that stand in the code, else that it is left out."""
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - an error whose words fail must not hide the error
        message = ""
    if any(pattern.fullmatch(message) for pattern in _TOLD) and _is_of_code(message, error):
        return message
    return "(message left out)"


def _is_of_code(message: str, error: BaseException) -> bool:
    """Whether every quoted name is one of the code that failed, or a type; ``getattr`` may have taken it from data."""
    known = set(_TYPES)
    for frame, _ in walk_tb(error.__traceback__):
        code = frame.f_code
        known |= {*code.co_names, *code.co_varnames, *code.co_freevars, *code.co_cellvars}
    obj = getattr(error, "obj", None)  # of AttributeError
    known |= {kind.__name__ for kind in type(obj).__mro__} | {f"{type(obj).__module__}.{type(obj).__qualname__}"}
    return all(name in known for name in _QUOTED.findall(message))
