"""Tests of cxr-train import as a user calls it: what it says, what it refuses, what lies in the folder then."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cxr_viewer.core.geometry import Box
from cxr_viewer.core.interchange import coco as coco_json
from cxr_viewer.core.interchange.coco import LabelledBox, LabelledImage
from model_training.commands import main
from model_training.dataset import open_folders

SIDE = 64
LABELS = "patientId,x,y,width,height,Target\na,,,,,0\nb,5,6,20,30,1\n"
MAPPING = "rsna_patientId,nih_image\na,00000007_000.png\nb,00000008_001.png\n"


@pytest.fixture(autouse=True)
def _no_list_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CXR_TEST_PERSONS", raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two small pictures with labels of every form."""
    (tmp_path / "images").mkdir()
    for name in ("a", "b", "00000007_000", "00000008_001"):
        picture = Image.fromarray(np.random.default_rng(len(name)).integers(0, 255, (60, 50)).astype(np.uint8))
        picture.save(tmp_path / "images" / f"{name}.png")
    (tmp_path / "labels.csv").write_text(LABELS, encoding="utf-8")
    (tmp_path / "mapping.csv").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "persons.txt").write_text("# kept for the test\n00000008\n", encoding="utf-8")
    return tmp_path


Run = Callable[..., str]


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs an import without processes and returns what it said."""

    def called(kind: str, *words: object, code: int = 0) -> str:
        capsys.readouterr()
        call = ["import", kind, "--out", folder / "out", "--side", SIDE, "--workers", 0, *words]
        assert main([str(word) for word in call]) == code
        output = capsys.readouterr()
        assert output.out == ""
        return output.err

    return called


def rsna(folder: Path) -> list[object]:
    return ["rsna", "--images", folder / "images", "--labels", folder / "labels.csv"]


def test_an_import_without_persons_warns_and_says_why(folder: Path, run: Run) -> None:
    assert "Warning: Without a mapping the persons are unknown" in run(*rsna(folder))
    assert "images of 2 persons" in run(*rsna(folder), "--persons-are-exams")
    assert "give one of them" in run(*rsna(folder), "--persons-are-exams", "--mapping", folder / "mapping.csv", code=2)


def test_the_last_line_says_what_the_dataset_holds(folder: Path, run: Run) -> None:
    (folder / "stage1.csv").write_text("patientId,x,y,width,height,Target\na,,,,,0\n", encoding="utf-8")
    said = run(*rsna(folder), "--mapping", folder / "mapping.csv", "--stage1-labels", folder / "stage1.csv")
    assert said.splitlines()[-1] == (
        f"{folder / 'out'}: 2 images of 2 persons, 1 with 1 boxes, 1 read by consensus, kept apart for tuning the "
        "size, 2 left out (named in its manifest)"
    )
    opened = open_folders([folder / "out"])
    assert [example.is_consensus for example in opened.examples] == [False, True]
    assert (opened.name, opened.side) == ("out", SIDE)


def test_persons_on_a_list_are_refused_before_anything_is_written(folder: Path, run: Run) -> None:
    call = [*rsna(folder), "--mapping", folder / "mapping.csv", "--test-persons", folder / "persons.txt"]
    said = run(*call, code=1)
    assert f"persons found: 1, namely nih-00000008 ({folder / 'persons.txt'}, line 2)" in said
    assert not (folder / "out").exists()
    assert run(*call, "--for-testing").rstrip().endswith("for testing only")
    assert open_folders([folder / "out"]).for_testing


def test_the_list_may_come_from_the_environment(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXR_TEST_PERSONS", str(folder / "persons.txt"))
    assert "nih-00000008" in run(*rsna(folder), "--mapping", folder / "mapping.csv", code=1)
    assert "of 2 images nobody says whose they are" in run(*rsna(folder))


@pytest.mark.parametrize(
    ("labels", "code", "sentence"),
    [
        (LABELS + "c,,,,,0\n", 2, "labels.csv, line 4: there is no image named c"),
        (
            LABELS + "b,40,6,20,30,1\n",
            1,
            "labels.csv, line 4: the box 40, 6 to 60, 36 of b leaves its image of 50 x 60",
        ),
        (
            LABELS + "b,-4,6,20,30,1\n",
            1,
            "labels.csv, line 4: the box -4, 6 to 16, 36 of b leaves its image of 50 x 60",
        ),
        (LABELS + "b,5,6,20,30,1\n", 2, "labels.csv, line 4: repeats"),
        (LABELS.replace("width", "w"), 2, "labels.csv, line 1: the column 'width' is missing"),
        (LABELS + "b,5,6,-20,30,1\n", 2, "labels.csv, line 4: the box is -20 wide"),
        (LABELS + "ä,,,,,0\n", 2, "labels.csv, line 4: the text is not UTF-8"),
    ],
)
def test_wrong_labels_are_named_with_file_and_line(
    folder: Path, run: Run, labels: str, code: int, sentence: str
) -> None:
    (folder / "labels.csv").write_bytes(labels.encode("latin-1"))
    assert sentence in run(*rsna(folder), "--persons-are-exams", code=code)
    assert not (folder / "out" / "manifest.json").exists()


def test_chest_xray_14_is_imported_with_what_was_left_out_by_name(folder: Path, run: Run) -> None:
    (folder / "boxes.csv").write_text(
        "Image Index,Finding Label,Bbox [x,y,w,h]\n00000007_000.png,Pneumonia,5,6,20,30\n", encoding="utf-8"
    )
    (folder / "entries.csv").write_text(
        "Image Index,Finding Labels,Patient ID\n00000007_000.png,Pneumonia,7\n00000008_001.png,Infiltration,8\n",
        encoding="utf-8",
    )
    call = ["nih", "--images", folder / "images", "--boxes", folder / "boxes.csv", "--entries", folder / "entries.csv"]
    said = run(*call, "--test-persons", folder / "persons.txt")
    assert "Warning: 1 images have a label that counts as opacity but no box of it" in said
    (example,) = open_folders([folder / "out"]).examples
    assert (example.person, len(example.boxes)) == ("nih-00000007", 1)
    manifest = json.loads((folder / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert (
        sum("00000008_001.png has Infiltration but no box of it" in sentence for sentence in manifest["left_out"]) == 1
    )
    assert "holds another dataset" in run(*call, "--opacity-label", "Pneumonia", code=2)


def test_coco_is_imported_with_persons(folder: Path, run: Run) -> None:
    boxed = LabelledImage("a.png", 60, 50, (LabelledBox("Opacity", Box(5, 6, 25, 36)),))
    coco_json.write(folder / "coco.json", [boxed, LabelledImage("b.png", 60, 50)], "a test", ["Opacity"])
    (folder / "persons.csv").write_text("file_name,person\na.png,p\nb.png,p\n", encoding="utf-8")
    call = ["coco", "--images", folder / "images", "--annotations", folder / "coco.json"]
    assert "has no category Lung Opacity; it has Opacity" in run(*call, code=2)
    said = run(*call, "--category", "Opacity", "--persons", folder / "persons.csv")
    assert "2 images of 1 persons, 1 with 1 boxes" in said
    assert "Warning" not in said


def test_a_coco_file_for_pictures_of_another_size_is_refused(folder: Path, run: Run) -> None:
    coco_json.write(folder / "coco.json", [LabelledImage("a.png", 120, 100)], "a test")
    call = ["coco", "--images", folder / "images", "--annotations", folder / "coco.json"]
    assert "the labels say 100 x 120 pixels, but the image has 50 x 60" in run(*call, code=1)
