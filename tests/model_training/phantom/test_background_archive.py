"""Folders of phantoms in real backgrounds."""

import json
from pathlib import Path

import cv2
import numpy as np
import pydicom
import pytest

from model_training import rsna
from model_training.phantom.archive import PhantomArchiveError, write_archive
from model_training.phantom.background_files import Backgrounds, find_backgrounds
from model_training.phantom.phantom import ImageClass
from tests.model_training.phantom.clear_chests import write_clear_chest

SIDE = 192
SHARES: dict[ImageClass, float] = {"Normal": 0.4, "Lung Opacity": 0.6}


@pytest.fixture(scope="module")
def backgrounds(tmp_path_factory: pytest.TempPathFactory) -> Backgrounds:
    folder = tmp_path_factory.mktemp("normals")
    write_clear_chest(folder / "00000002_000.png", 6)
    write_clear_chest(folder / "Doe-Jane.png", 7)
    return find_backgrounds(folder)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory, backgrounds: Backgrounds) -> Path:
    out = tmp_path_factory.mktemp("composed") / "out"
    write_archive(out, 8, 5, side=SIDE, shares=SHARES, prefix="composed", backgrounds=backgrounds)
    return out


def contents(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def test_an_import_reads_the_folder_and_knows_the_persons_of_nih_images(out: Path) -> None:
    read = rsna.read(out / "images", out / "labels.csv", out / "classes.csv", mapping=out / "mapping.csv")
    records = json.loads((out / "manifest.json").read_text("utf-8"))["images"]
    assert {example.image_class.name for example in read.examples} == {"NORMAL", "OPACITY"}
    for example, record in zip(read.examples, records, strict=True):
        is_nih = record["background"]["name"] == "00000002_000"
        assert example.person == ("nih-00000002" if is_nih else example.key)
        mask = cv2.imread(str(out / "masks" / f"{example.key}.png"), cv2.IMREAD_UNCHANGED)
        assert (mask is not None) == bool(example.boxes)
        for number, box in enumerate(example.boxes, start=1):
            y, x = np.nonzero(np.asarray(mask) == number)
            assert (box.x1, box.y1, box.x2, box.y2) == (x.min(), y.min(), x.max() + 1, y.max() + 1)


def test_the_manifest_says_that_the_pixels_are_real_and_names_no_path(out: Path, backgrounds: Backgrounds) -> None:
    text = (out / "manifest.json").read_text("utf-8")
    manifest = json.loads(text)
    assert manifest["source"] == "background-phantoms"
    assert "real radiographs" in manifest["note"]
    assert "Nothing that ships is trained with them" in manifest["note"]
    known = {file.key: file.digest for file in backgrounds.files}
    assert {r["background"]["name"]: r["background"]["sha256"] for r in manifest["images"]} == known
    assert str(backgrounds.files[0].path.parent) not in text


def test_the_files_tell_nothing_of_the_person_and_nothing_that_is_not_known(out: Path) -> None:
    for path in (out / "images").iterdir():
        dataset = pydicom.dcmread(path)
        assert list(dataset.ImageType) == ["DERIVED", "SECONDARY"]
        assert dataset.PatientID.startswith("COMPOSED-")
        assert dataset.PatientSex == dataset.PatientBirthDate == ""
        for name in ("PatientAge", "ViewPosition", "ImagerPixelSpacing", "KVP", "BurnedInAnnotation"):
            assert name not in dataset
        assert b"Doe-Jane" not in path.read_bytes()
    uids = [pydicom.dcmread(path).SOPInstanceUID for path in (out / "images").iterdir()]
    assert len(set(uids)) == len(uids)


def test_a_folder_is_completed_with_the_same_bytes(out: Path, tmp_path: Path, backgrounds: Backgrounds) -> None:
    again = tmp_path / "out"
    for count in (3, 8):
        write_archive(
            again,
            count,
            5,
            side=SIDE,
            shares=SHARES,
            prefix="composed",
            workers=count // 4 + 1,
            backgrounds=backgrounds,
        )
    assert contents(again) == contents(out)


def test_other_backgrounds_or_none_need_another_folder(out: Path, backgrounds: Backgrounds) -> None:
    fewer = Backgrounds(backgrounds.files[:1], ())
    with pytest.raises(PhantomArchiveError, match=r"other settings \(backgrounds_digest\)"):
        write_archive(out, 8, 5, side=SIDE, shares=SHARES, prefix="composed", backgrounds=fewer)
    with pytest.raises(PhantomArchiveError, match=r"other settings \(domain\)"):
        write_archive(out, 8, 5, side=SIDE, shares=SHARES, prefix="composed")
    with pytest.raises(PhantomArchiveError, match="either a domain or backgrounds"):
        write_archive(out, 8, 5, side=SIDE, shares=SHARES, domain="varied", backgrounds=backgrounds)


def test_a_background_that_changed_after_it_was_examined_is_refused(tmp_path: Path) -> None:
    (tmp_path / "normals").mkdir()
    path = write_clear_chest(tmp_path / "normals" / "a.png", 6)
    backgrounds = find_backgrounds(tmp_path / "normals")
    write_clear_chest(path, 7)
    with pytest.raises(PhantomArchiveError, match=r"a.png has changed since it was examined"):
        write_archive(tmp_path / "out", 1, 1, side=SIDE, backgrounds=backgrounds)
