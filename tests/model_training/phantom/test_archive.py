"""Folders of phantoms."""

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pydicom
import pytest

from model_training.phantom import archive
from model_training.phantom.archive import PhantomArchiveError, write_archive
from model_training.phantom.phantom import ImageClass, simulate

SIDE = 96
SICK: dict[ImageClass, float] = {"Lung Opacity": 2, "Normal": 1}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def contents(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("phantoms") / "out"
    write_archive(out, 8, 42, side=SIDE, transfer_syntax="mixed", shares=SICK)
    return out


def test_labels_and_classes_have_the_form_of_the_challenge(folder: Path) -> None:
    labels, classes = rows(folder / "labels.csv"), rows(folder / "classes.csv")
    assert (folder / "labels.csv").read_text("utf-8").splitlines()[0] == "patientId,x,y,width,height,Target"
    assert (folder / "classes.csv").read_text("utf-8").splitlines()[0] == "patientId,class"
    assert [row["patientId"] for row in labels] == [row["patientId"] for row in classes]
    for label, class_row in zip(labels, classes, strict=True):
        assert (folder / "images" / f"{label['patientId']}.dcm").is_file()
        if label["Target"] == "1":
            assert class_row["class"] == "Lung Opacity"
            assert all(float(label[name]).is_integer() for name in ("x", "y", "width", "height"))
        else:
            assert class_row["class"] != "Lung Opacity"
            assert [label[name] for name in ("x", "y", "width", "height")] == [""] * 4
    assert {row["class"] for row in classes} == {"Lung Opacity", "Normal"}


def test_mask_pictures_number_the_opacities_in_the_order_of_the_labels(folder: Path) -> None:
    boxes: dict[str, list[list[float]]] = {}
    for row in rows(folder / "labels.csv"):
        if row["Target"] == "1":
            boxes.setdefault(row["patientId"], []).append([float(row[k]) for k in ("x", "y", "width", "height")])
    assert {path.stem for path in (folder / "masks").iterdir()} == set(boxes)
    for name, expected in boxes.items():
        mask = cv2.imread(str(folder / "masks" / f"{name}.png"), cv2.IMREAD_UNCHANGED)
        assert mask is not None
        assert mask.dtype == np.uint8
        assert mask.max() == len(expected)
        for number, box in enumerate(expected, start=1):
            y, x = np.nonzero(mask == number)
            assert box == [x.min(), y.min(), x.max() + 1 - x.min(), y.max() + 1 - y.min()]


def test_images_are_the_phantoms_of_their_seeds(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert (manifest["seed"], manifest["side"], manifest["count"], manifest["complete"]) == (42, SIDE, 8, True)
    assert len({record["transfer_syntax"] for record in manifest["images"]}) == 5
    record = next(record for record in manifest["images"] if record["transfer_syntax"] == "explicit")
    dataset = pydicom.dcmread(folder / "images" / f"{record['id']}.dcm")
    expected = simulate(record["seed"], SIDE, shares=SICK)
    assert np.array_equal(dataset.pixel_array, expected.pixels)
    assert record["boxes"] == expected.boxes.tolist()


def test_two_workers_write_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    write_archive(
        tmp_path / "out",
        8,
        42,
        side=SIDE,
        transfer_syntax="mixed",
        shares=SICK,
        workers=2,
        on_progress=lambda done, total: seen.append((done, total)),
    )
    assert contents(tmp_path / "out") == contents(folder)
    assert seen == [(done, 8) for done in range(9)]


def test_an_interrupted_folder_is_completed_and_whole_files_are_kept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, made = tmp_path / "out", []
    original = archive.write_image

    def stop_at_fourth(out: Path, plan: archive.ArchivePlan, number: int, background: None) -> int:
        if number == 4:
            raise KeyboardInterrupt
        return original(out, plan, number)

    def count(out: Path, plan: archive.ArchivePlan, number: int, background: None) -> int:
        made.append(number)
        return original(out, plan, number)

    monkeypatch.setattr(archive, "write_image", stop_at_fourth)
    with pytest.raises(KeyboardInterrupt):
        write_archive(out, 8, 42, side=SIDE, transfer_syntax="mixed", shares=SICK)
    assert not (out / "labels.csv").exists()
    (out / "images" / "phantom-00002.dcm").write_bytes(b"cut off")

    monkeypatch.setattr(archive, "write_image", count)
    write_archive(out, 8, 42, side=SIDE, transfer_syntax="mixed", shares=SICK)
    assert made == [2, 4, 5, 6, 7, 8]
    assert contents(out) == contents(folder)


def test_a_folder_can_grow_but_not_shrink(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_archive(out, 2, 1, side=64, transfer_syntax="explicit")
    first = (out / "images" / "phantom-00001.dcm").stat().st_mtime_ns
    write_archive(out, 3, 1, side=64, transfer_syntax="explicit")
    assert (out / "images" / "phantom-00001.dcm").stat().st_mtime_ns == first
    assert len({row["patientId"] for row in rows(out / "classes.csv")}) == 3
    with pytest.raises(PhantomArchiveError, match="already holds 3"):
        write_archive(out, 2, 1, side=64, transfer_syntax="explicit")


def test_a_folder_of_other_settings_or_other_files_is_left_alone(tmp_path: Path) -> None:
    write_archive(tmp_path / "out", 1, 1, side=64)
    with pytest.raises(PhantomArchiveError, match=r"other settings \(seed\)"):
        write_archive(tmp_path / "out", 1, 2, side=64)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    with pytest.raises(PhantomArchiveError, match="is not empty"):
        write_archive(tmp_path / "full", 1, 1, side=64)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    ("count", "side", "shares", "workers", "words"),
    [
        (0, 64, {"Normal": 1}, 1, "at least 1, not 0"),
        (1, 8, {"Normal": 1}, 1, "at least 64"),
        (1, 64, {"Healthy": 1}, 1, "weights of the classes"),
        (1, 64, {"Normal": 0}, 1, "weights of the classes"),
        (1, 64, {"Normal": 1}, 0, "At least 1 worker"),
    ],
)
def test_wrong_settings_are_refused(
    tmp_path: Path, count: int, side: int, shares: dict[ImageClass, float], workers: int, words: str
) -> None:
    with pytest.raises(PhantomArchiveError, match=words):
        write_archive(tmp_path / "out", count, 1, side=side, shares=shares, workers=workers)
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PhantomArchiveError, match="cannot be written"):
        write_archive(tmp_path / "file" / "out", 1, 1, side=64)
