"""Sizes of files and folders, in bytes and in words."""

from pathlib import Path

from cxr_viewer.store import sizes


def test_sizes_of_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one").write_bytes(bytes(1000))
    (tmp_path / "two").write_bytes(bytes(24))
    assert sizes.size_of(tmp_path / "a", tmp_path / "two", tmp_path / "missing") == 1024
    assert [sizes.size_words(size) for size in (1024, 3 << 20, 5 << 29)] == ["1 kB", "3.0 MB", "2.5 GB"]
