"""The checks of the self-test: they pass where all is well, and each one fails for the fault that it is there for."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from cxr_viewer import resources
from cxr_viewer.dicom import pixels
from cxr_viewer.dicom.decoding import DecodingPool
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.dicom.pixel_header import DecodedInstance
from cxr_viewer.dicom.plugins import DECODER_DEPENDENCIES, NATIVE
from cxr_viewer.program import bundle_check, decoder_check, store_check
from cxr_viewer.program.check import Outcome, told_error, told_place
from cxr_viewer.store import locations
from cxr_viewer.store.journal import Journal
from tests import self_test_files
from tests.bundle_factory import tiny_bundle


@pytest.fixture
def files() -> Path:
    return resources.path("self_test")


def test_every_kind_of_file_is_decoded_in_the_children(files: Path) -> None:
    with DecodingPool(workers=2) as pool:
        check = decoder_check.check_decoders(pool.decode, files)
    assert check.outcome is Outcome.WORKS, check.words
    assert check.words.startswith("all 19 kinds of files")


def test_no_promised_kind_is_left_out(files: Path) -> None:
    assert {path.name for path in files.iterdir()} == set(decoder_check.promised())
    assert len(decoder_check.promised()) == len({*NATIVE, *DECODER_DEPENDENCIES}) + len(decoder_check.PICTURES)
    assert all(decoder_check.kind_of(name) for name in decoder_check.promised())


def test_the_files_are_what_their_script_makes(files: Path, tmp_path: Path) -> None:
    self_test_files.make_all(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        np.testing.assert_array_equal(pixels.decode(path).pixels, pixels.decode(files / path.name).pixels)


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.5"])
def test_a_decoder_that_is_wrong_or_missing_is_named(files: Path, syntax: str) -> None:
    def decode(path: Path, *, is_missing: bool) -> DecodedInstance:
        decoded = pixels.decode(path)
        if path.stem != syntax:
            return decoded
        if is_missing:
            raise DicomReadError(f"could not be decoded: no decoder for {path}")
        return DecodedInstance(decoded.key, decoded.pixels[::-1], decoded.header)

    kind = decoder_check.kind_of(f"{syntax}.dcm")
    wrong = decoder_check.check_decoders(lambda path: decode(path, is_missing=False), files)
    missing = decoder_check.check_decoders(lambda path: decode(path, is_missing=True), files)
    for check in (wrong, missing):
        assert check.outcome is Outcome.FAILS
        assert check.words.startswith(f"18 of 19 kinds of files. {kind}: ")
    assert "its values are wrong by" in wrong.words
    assert str(files) not in missing.words


def test_missing_files_are_said(tmp_path: Path) -> None:
    check = decoder_check.check_decoders(pixels.decode, tmp_path)
    assert check.words.startswith("0 of 19")
    assert check.words.count("install the program again") == 15, "kinds of one name are told once"


def test_a_sound_journal_is_told_with_its_place_below_home() -> None:
    path = locations.default_journal_path()
    with Journal.open(path):
        check = store_check.check_store(path)
    assert check.outcome is Outcome.WORKS, check.words
    assert check.words.endswith("in ~/data/cxr-viewer/journal.sqlite")
    assert "schema 3" in check.words
    assert [file.name for file in path.parent.iterdir() if "probe" in file.name] == []


def test_a_journal_elsewhere_is_not_told_where(tmp_path: Path) -> None:
    path = tmp_path / "DOE^JANE" / "j.sqlite"
    Journal.open(path).close()
    assert store_check.check_store(path).words.endswith("in a place of your own choice")
    path.write_bytes(b"no journal at all" * 100)
    check = store_check.check_store(path)
    assert check.outcome is Outcome.FAILS
    assert "DOE" not in check.words
    assert "not a review store" in check.words
    path.unlink()
    assert "does not exist" in store_check.check_store(path).words


@pytest.mark.skipif(os.name != "posix" or os.getuid() == 0, reason="everything can be written by root")
def test_a_journal_that_cannot_be_written_fails(tmp_path: Path) -> None:
    path = tmp_path / "ward" / "j.sqlite"
    Journal.open(path).close()
    path.parent.chmod(0o500)
    try:
        assert store_check.check_store(path).outcome is Outcome.FAILS
    finally:
        path.parent.chmod(0o700)


def test_a_journal_on_a_full_disk_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "j.sqlite"
    Journal.open(path).close()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    check = store_check.check_store(path)
    assert check.outcome is Outcome.FAILS
    assert "No space left on device" in check.words


def test_a_changed_byte_of_a_bundle_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "DOE^JANE"
    bundle = tiny_bundle(folder)
    check = bundle_check.check_bundle(folder)
    assert check.outcome is Outcome.WORKS
    assert bundle.digest in check.words
    member = next(folder.glob("*.bin"))
    member.write_bytes(member.read_bytes()[:-1] + b"\x99")
    check = bundle_check.check_bundle(folder)
    assert check.outcome is Outcome.FAILS
    assert "DOE" not in check.words
    shutil.rmtree(folder)
    assert bundle_check.check_bundle(folder).outcome is Outcome.FAILS
    assert bundle_check.check_bundle(None).outcome is Outcome.NOTHING


def test_places_and_errors_are_told_without_names(tmp_path: Path) -> None:
    own = Path.home() / ".local" / "journal.sqlite"
    assert told_place(own, own) == "~/.local/journal.sqlite"
    assert told_place(Path("/srv/data/j"), Path("/srv/data/j")) == "the program's own folder"
    path = Path("/data/DOE^JANE/1.dcm")
    assert told_error(OSError(f"{path} is broken"), path) == "… is broken"
    assert told_error(OSError("the folder DOE^JANE is broken"), path) == "OSError"
    assert told_error(OSError(f"{Path.home()}/x is broken")) == "…/x is broken"
    assert told_error(OSError()) == "OSError"
