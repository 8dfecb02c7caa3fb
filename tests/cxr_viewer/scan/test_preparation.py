"""Whatever a file holds, preparing it gives one row with status and reason, and an input only where one may be read."""

import base64
import io
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.detection import preprocessing
from cxr_viewer.dicom import pixels, windowing
from cxr_viewer.dicom.pixel_header import DecodedInstance, PixelHeader
from cxr_viewer.scan.preparation import prepare
from cxr_viewer.scan.scanned_file import Stamp, Status
from tests.factories import dicom_file, radiograph

SIDE = 128


def test_chest_radiograph_is_prepared_as_the_detector_is_shown_it_by_the_window(tmp_path: Path) -> None:
    path = dicom_file(tmp_path / "a.dcm", SOPInstanceUID="1.2.3", StudyInstanceUID="1.2")
    prepared = prepare(path, SIDE)
    decoded = pixels.decode(path)
    expected = preprocessing.prepared(windowing.presentation(decoded), SIDE)
    assert prepared.network_input is not None
    np.testing.assert_array_equal(prepared.network_input.square, expected.square)
    assert (prepared.network_input.rows, prepared.network_input.columns) == (256, 224)
    row = prepared.scanned
    assert (row.status, row.reason, row.frame, row.rows, row.columns) == (Status.OK, "", 1, 256, 224)
    assert (row.instance_key, row.sop_instance_uid, row.study_instance_uid) == (decoded.key, "1.2.3", "1.2")
    assert row.stamp == Stamp.of(path)
    assert row.seconds > 0


def test_what_travels_is_small_and_has_a_thumbnail(tmp_path: Path) -> None:
    prepared = prepare(dicom_file(tmp_path / "a.dcm", radiograph(1600, 1400)), SIDE)
    assert len(pickle.dumps(prepared)) < 60_000 < 1600 * 1400
    with Image.open(io.BytesIO(base64.b64decode(prepared.scanned.thumbnail.partition(",")[2]))) as small:
        assert small.size == (112, 128)


def test_the_digest_tells_what_the_detector_sees_apart_and_nothing_else(tmp_path: Path) -> None:
    def digest(path: Path) -> str:
        return prepare(path, SIDE).scanned.presentation

    same = digest(dicom_file(tmp_path / "a"))
    assert len(same) == 64
    assert digest(dicom_file(tmp_path / "b", PatientID="OTHER")) == same
    assert digest(dicom_file(tmp_path / "c", PhotometricInterpretation="MONOCHROME1")) != same
    assert digest(dicom_file(tmp_path / "d", WindowCenter=2000, WindowWidth=5000)) != same


def test_equal_squares_of_images_of_different_size_are_not_the_same_content(tmp_path: Path) -> None:
    """Boxes are told in native pixels."""
    digests = set()
    for side in (300, 600):
        Image.fromarray(np.full((side, side), 90, np.uint8)).save(tmp_path / "even.png")
        digests.add(prepare(tmp_path / "even.png", SIDE).scanned.presentation)
    assert len(digests) == 2


def test_lateral_is_withheld_with_key_and_size(tmp_path: Path) -> None:
    prepared = prepare(dicom_file(tmp_path / "a", ViewPosition="LL"), SIDE)
    assert prepared.network_input is None
    assert prepared.scanned.status is Status.WITHHELD
    assert "lateral" in prepared.scanned.reason
    assert (prepared.scanned.rows, len(prepared.scanned.instance_key)) == (256, 64)


def test_colour_picture_and_tiny_picture_are_withheld(tmp_path: Path) -> None:
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (300, 300, 3), np.uint8)).save(tmp_path / "colour.png")
    Image.fromarray(np.zeros((50, 50), np.uint8)).save(tmp_path / "tiny.png")
    for name, word in (("colour.png", "colour"), ("tiny.png", "small")):
        row = prepare(tmp_path / name, SIDE).scanned
        assert row.status is Status.WITHHELD, row
        assert word in row.reason


def test_grey_picture_is_read(tmp_path: Path) -> None:
    Image.fromarray((radiograph() >> 4).astype(np.uint8)).save(tmp_path / "a.png")
    prepared = prepare(tmp_path / "a.png", SIDE)
    assert prepared.scanned.status is Status.OK
    assert prepared.network_input is not None


def test_cut_file_fails_and_text_is_skipped(tmp_path: Path) -> None:
    whole = dicom_file(tmp_path / "whole.dcm").read_bytes()
    (tmp_path / "cut.dcm").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "notes.txt").write_text("nothing to see", encoding="utf-8")
    cut = prepare(tmp_path / "cut.dcm", SIDE).scanned
    assert cut.status is Status.FAILED
    assert cut.reason
    assert (cut.rows, cut.instance_key) == (0, "")
    notes = prepare(tmp_path / "notes.txt", SIDE).scanned
    assert (notes.status, notes.frame) == (Status.SKIPPED, None)


def test_file_that_vanished_fails(tmp_path: Path) -> None:
    row = prepare(tmp_path / "gone.dcm", SIDE).scanned
    assert row.status is Status.FAILED
    assert row.reason


def test_pixels_that_cannot_be_shown_cost_one_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def decoded(_path: Path) -> DecodedInstance:
        return DecodedInstance(InstanceKey("k" * 64), np.zeros((256, 224), np.uint16), PixelHeader("MONOCHROME2"))

    def refuse(_decoded: DecodedInstance) -> None:
        raise ValueError("no window fits")

    monkeypatch.setattr(pixels, "decode", decoded)
    monkeypatch.setattr(windowing, "presentation", refuse)
    row = prepare(dicom_file(tmp_path / "a.dcm", SOPInstanceUID="1.2.3"), SIDE).scanned
    assert row.status is Status.FAILED
    assert "no window fits" in row.reason
    assert row.sop_instance_uid == "1.2.3"
