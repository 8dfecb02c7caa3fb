"""Codes are stable: they never depend on a position, and texts of earlier versions still mean something."""

import pytest

from cxr_viewer import resources
from cxr_viewer.core import vocabulary

TEXT = """
[[label]]
code = "opacity"
words = "opacity"

[[label]]
code = "effusion"
words = "effusion"

[[reason]]
code = "bone"
words = "rib or bone"
former = ["rib or bone"]
"""


def test_a_code_keeps_its_meaning_when_the_list_is_reordered() -> None:
    first, second, third = TEXT.split("\n\n")
    reordered = vocabulary.parse("\n\n".join([second, first, third]))
    for known in (vocabulary.parse(TEXT), reordered):
        assert known.label_words("effusion") == "effusion"
        assert known.label_words("opacity") == "opacity"


def test_a_code_that_is_not_on_the_list_is_shown_as_it_is() -> None:
    assert vocabulary.parse(TEXT).label_words("scar_of_2019") == "scar_of_2019"
    assert vocabulary.parse(TEXT).reason_code("typed by hand") == ""


def test_a_reason_of_an_earlier_version_has_the_code_of_today() -> None:
    known = vocabulary.parse(TEXT)
    assert known.reason_code("rib or bone") == known.reason_code("bone") == "bone"
    assert known.reason_words("rib or bone") == "rib or bone"


@pytest.mark.parametrize(
    "text",
    [
        '[[label]]\ncode = "Not A Code"\nwords = "x"',
        '[[label]]\ncode = "a"\nwords = ""',
        '[[label]]\ncode = "a"\nwords = "x"\n[[label]]\ncode = "a"\nwords = "y"',
        '[[reason]]\ncode = "a"\nwords = "x"\n[[reason]]\ncode = "b"\nwords = "y"\nformer = ["a"]',
    ],
)
def test_a_list_that_would_confuse_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"list|needs a code"):
        vocabulary.parse(text)


def test_the_codes_of_the_program_are_those_that_stores_hold() -> None:
    known = vocabulary.parse(resources.read_text("vocabulary.toml"))
    assert {term.code for term in known.labels} == {
        "opacity", "consolidation", "atelectasis", "nodule_or_mass", "effusion", "other",
    }  # fmt: skip
    assert {term.code for term in known.reasons} == {
        "device", "vessels", "bone", "soft_tissue", "artefact", "known_scar",
    }  # fmt: skip
    for stored in ("device", "vessels", "rib or bone", "skin or breast", "artefact", "known scar"):
        assert known.reason_code(stored), "what the first version of the program stored"
