"""The files of the benchmark archives are what their names say, and no two have the same content."""

from pathlib import Path

import pytest

from cxr_viewer.core.studies import Instance
from cxr_viewer.dicom import pixels
from cxr_viewer.dicom.catalogue import read_header
from cxr_viewer.scan.preparation import prepare
from cxr_viewer.scan.scanned_file import Status
from tests.benchmarks import archive_files
from tests.benchmarks.archives import HEADERS, MANY, MIXED, _tasks


@pytest.mark.parametrize("mix", [MIXED, MANY, HEADERS])
def test_every_file_of_an_archive_has_its_own_path_and_the_shares_hold(mix: archive_files.Mix) -> None:
    tasks = _tasks(mix, Path("/archive"), 1000)
    assert len({path for _, path, _ in tasks}) == 1000
    for share, writer, _ in mix.values():
        assert sum(task[0] is writer for task in tasks) == pytest.approx(1000 * share, abs=1)


def test_headers_are_radiographs_of_different_patients(tmp_path: Path) -> None:
    found = []
    for number in range(5):
        archive_files.header(tmp_path / f"{number}.dcm", number)
        found.append(read_header(tmp_path / f"{number}.dcm"))
    images = [each for each in found if isinstance(each, Instance)]
    assert len(images) == 5
    assert len({each.sop_instance_uid for each in images}) == len({each.patient_id for each in images}) == 5
    assert {each.view_position for each in images} == {"PA", "AP"}
    assert {(each.rows, each.columns) for each in images} == {(1024, 1024)}


def test_images_differ_and_can_be_read(tmp_path: Path) -> None:
    keys = set()
    for number in range(4):
        archive_files.rsna_like(tmp_path / "a.dcm", number, side=256)
        keys.add(pixels.decode(tmp_path / "a.dcm").key)
    assert len(keys) == 4


def test_broken_files_fail_and_others_are_skipped(tmp_path: Path) -> None:
    for number in range(4):
        archive_files.broken(tmp_path / f"{number}.dcm", number)
        assert prepare(tmp_path / f"{number}.dcm", 64).scanned.status is Status.FAILED, number
        archive_files.no_image(tmp_path / f"{number}.txt", number)
        assert prepare(tmp_path / f"{number}.txt", 64).scanned.status is Status.SKIPPED, number
