"""What is stored about patients is readable by its owner alone."""

import stat
import sys
from pathlib import Path

import pytest

from cxr_viewer.store import private_file

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_new_file_and_new_folders_are_private(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "journal.sqlite"
    private_file.prepare(path)
    assert [mode(path), mode(path.parent), mode(path.parent.parent)] == [0o600, 0o700, 0o700]


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    files = private_file.database_files(tmp_path / "journal.sqlite")
    for file in files:
        file.touch(0o644)
    private_file.prepare(files[0])
    assert [mode(file) for file in files] == [0o600] * 3


def test_a_folder_that_exists_and_the_content_of_a_file_are_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    path = tmp_path / "journal.sqlite"
    path.write_bytes(b"content")
    private_file.prepare(path)
    assert mode(tmp_path) == 0o755
    assert path.read_bytes() == b"content"


def test_a_folder_in_the_way_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="name a file instead"):
        private_file.prepare(tmp_path)
