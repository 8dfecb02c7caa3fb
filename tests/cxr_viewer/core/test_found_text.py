"""What a file was found to be survives as text, whatever it says of itself."""

from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_viewer.core import found_text
from cxr_viewer.core.studies import Instance, SkippedFile, UnreadableFile

PATH = Path("/ward/a.dcm")
_WORDS = st.text(st.characters(), max_size=12)
_OF_TYPE = {
    "str": _WORDS,
    "int": st.integers(0, 1 << 40),
    "bool": st.booleans(),
    "int | None": st.none() | st.integers(),
    "tuple[str, ...]": st.lists(_WORDS, max_size=3).map(tuple),
}


def _name(kind: object) -> str:
    return kind.__name__ if isinstance(kind, type) and not hasattr(kind, "__args__") else str(kind)


def _values() -> st.SearchStrategy[dict[str, object]]:
    kinds = {field.name: _name(field.type) for field in fields(Instance)}
    return st.fixed_dictionaries({name: _OF_TYPE[kind] for name, kind in kinds.items() if name != "path"})


@given(_values())
def test_every_field_of_an_instance_comes_back(values: dict[str, object]) -> None:
    instance = Instance(path=PATH, **values)  # type: ignore[arg-type]
    text = found_text.written(instance)
    assert text.isascii(), "lone surrogates of damaged names go into a text column too"
    assert found_text.read(PATH, text) == instance


@pytest.mark.parametrize("found", [UnreadableFile(PATH, "the file is empty"), SkippedFile(PATH, "no image: ECG")])
def test_reasons_come_back(found: UnreadableFile | SkippedFile) -> None:
    assert found_text.read(PATH, found_text.written(found)) == found


@pytest.mark.parametrize("text", ["", "{}", "[]", '["i",1,2]', '["x","reason"]', '["u"]', "[1"])
def test_text_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        found_text.read(PATH, text)
