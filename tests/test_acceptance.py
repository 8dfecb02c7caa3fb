"""The page of complaints names tests that exist, for every complaint or with the reason why there is none."""

import ast
import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
PAGE = CHECKOUT / "docs" / "complaints.md"
COMPLAINTS = 60

_ROW = re.compile(r"^\| (\d+) \| (.+) \| (.+) \|$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def _rows() -> dict[int, str]:
    return {int(number): answer for number, _, answer in _ROW.findall(PAGE.read_text(encoding="utf-8"))}


def _tests_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_complaint_has_an_answer() -> None:
    assert sorted(_rows()) == list(range(1, COMPLAINTS + 1))


def test_every_answer_names_a_test_that_exists_or_says_why_there_is_none() -> None:
    for number, answer in _rows().items():
        named = _TEST.findall(answer)
        assert named or answer.startswith("Not yet:"), f"complaint {number} names no test and gives no reason"
        for file, name in named:
            assert name in _tests_of(CHECKOUT / file), f"complaint {number}: there is no {file}::{name}"
