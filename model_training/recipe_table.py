"""Makes frozen dataclasses from the plain tables of a TOML file, and names what is wrong with them."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal, TypeVar

T = TypeVar("T")


class RecipeError(ValueError):
    """The recipe cannot be read; the message is a sentence that names file and key."""


def merged(parent: Mapping[str, Any], child: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parent's table with the child's values; tables in both are merged, everything else is replaced."""
    result = dict(parent)
    for key, value in child.items():
        own = result.get(key)
        result[key] = merged(own, value) if isinstance(own, dict) and isinstance(value, dict) else value
    return result


def build(kind: type[T], table: Mapping[str, Any], origin: str, place: str = "") -> T:
    """Return a dataclass whose fields have the table's values; fields with a default may be absent.

    Args:
        kind: a dataclass of plain values, enumerations, tuples and such dataclasses.
        table: parsed TOML.
        origin: name of the file, for messages.
        place: section that the table is, for messages.

    Raises:
        RecipeError: an unknown or missing key, a value of the wrong type, or one that the dataclass refuses.
    """
    hints = typing.get_type_hints(kind)
    fields = {entry.name: entry for entry in dataclasses.fields(kind)}  # type: ignore[arg-type]  # mypy has no name for "a dataclass"
    where = f"section [{place}] of {origin}" if place else origin
    if unknown := sorted(set(table) - set(fields)):
        raise RecipeError(f"The recipe has an unknown key '{unknown[0]}' in {where}; known are {', '.join(fields)}.")
    required = [
        name
        for name, entry in fields.items()
        if entry.default is dataclasses.MISSING and entry.default_factory is dataclasses.MISSING
    ]
    if missing := [name for name in required if name not in table]:
        raise RecipeError(f"The recipe lacks the key '{missing[0]}' in {where}.")
    values = {key: _value(hints[key], value, origin, f"{place}.{key}".lstrip(".")) for key, value in table.items()}
    try:
        return kind(**values)
    except ValueError as error:
        raise RecipeError(f"The recipe is wrong in {where}: {error}") from error


def _value(hint: object, value: object, origin: str, place: str) -> object:
    if isinstance(hint, types.UnionType):
        hint = next(option for option in typing.get_args(hint) if option is not type(None))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type) and isinstance(value, dict):
        return build(hint, value, origin, place)
    wrong = RecipeError(f"The recipe's key '{place}' in {origin} has the wrong value {value!r}; wanted: {_wish(hint)}.")
    if typing.get_origin(hint) is Literal:
        if value not in typing.get_args(hint):
            raise wrong
        return value
    if typing.get_origin(hint) is tuple and isinstance(value, list):
        return tuple(_value(typing.get_args(hint)[0], item, origin, place) for item in value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        if value not in tuple(hint):
            raise wrong
        return hint(str(value))
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        raise wrong
    return value


def _wish(hint: object) -> str:
    if typing.get_origin(hint) is Literal:
        return " or ".join(repr(option) for option in typing.get_args(hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return " or ".join(repr(option.value) for option in hint)
    return "a list" if typing.get_origin(hint) is tuple else str(getattr(hint, "__name__", hint))
