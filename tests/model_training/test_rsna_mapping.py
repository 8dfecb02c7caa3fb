"""Tests of mappings of RSNA exams to persons, in both forms."""

import json
from pathlib import Path

import pytest

from model_training import rsna_mapping
from model_training.label_files import LabelFileError
from model_training.rsna_mapping import Mapped

HEADER = "rsna_patientId,nih_image,mse\n"


def test_a_csv_without_measured_differences_is_trusted(tmp_path: Path) -> None:
    path = tmp_path / "mapping.csv"
    path.write_text("rsna_patientId,nih_image\na,00000007_001.png\n", encoding="utf-8")
    assert rsna_mapping.read(path) == {"a": Mapped("nih-00000007")}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("a,picture.png,1", r"line 2: 'picture\.png' is no NIH image"),
        ("a,,1", "line 2: the image is empty"),
        (",00000007_001.png,1", "line 2: the exam is empty"),
        ("a,00000007_001.png,far", "line 2: the mse is 'far', not a number"),
        ("a,00000007_001.png,1\na,00000008_001.png,1", "line 3: a belonged to another image before"),
    ],
)
def test_a_wrong_row_is_named_with_file_and_line(tmp_path: Path, row: str, sentence: str) -> None:
    path = tmp_path / "mapping.csv"
    path.write_text(HEADER + row + "\n", encoding="utf-8")
    with pytest.raises(LabelFileError, match=rf"mapping\.csv, {sentence}"):
        rsna_mapping.read(path)


def test_a_difference_that_is_no_number_at_all_is_doubtful(tmp_path: Path) -> None:
    path = tmp_path / "mapping.csv"
    path.write_text(HEADER + "a,00000007_001.png,nan\nb,00000007_002.png,73.8\n", encoding="utf-8")
    assert rsna_mapping.read(path) == {"a": Mapped(""), "b": Mapped("")}


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"a": 1}, "is no list of exams"),
        ([7], "entry 1 is no object"),
        ([{"subset_img_id": "a"}], "entry 1: img_id is missing"),
        ([{"img_id": "00000007_001.png"}], "entry 1: the exam is empty"),
        ([{"subset_img_id": "a", "img_id": "x"}], "entry 1: 'x' is no NIH image"),
    ],
)
def test_a_wrong_entry_of_the_official_form_is_named(tmp_path: Path, document: object, sentence: str) -> None:
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(LabelFileError, match=sentence):
        rsna_mapping.read(path)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(LabelFileError, match="cannot be read as JSON"):
        rsna_mapping.read(path)
