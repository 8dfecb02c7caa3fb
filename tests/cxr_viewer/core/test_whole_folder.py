"""A folder appears whole or not at all, and nobody's files are touched."""

from pathlib import Path

import pytest

from cxr_viewer.core.whole_folder import FolderInUseError, check_is_free, written_whole


def _write(folder: Path, error: BaseException | None = None) -> None:
    with written_whole(folder, last="a.json") as stage:
        (stage / "images").mkdir()
        (stage / "images" / "1").write_text("one", encoding="utf-8")
        (stage / "a.json").write_text("{}", encoding="utf-8")
        if error is not None:
            raise error


@pytest.mark.parametrize("exists", [True, False])
def test_contents_move_into_place(tmp_path: Path, exists: bool) -> None:
    folder = tmp_path / "deep" / "new"
    if exists:
        folder.mkdir(parents=True)
    _write(folder)
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*")) == ["a.json", "images", "images/1"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("exists", [True, False])
def test_failure_leaves_what_was_there(tmp_path: Path, error: BaseException, exists: bool) -> None:
    folder = tmp_path / "new"
    if exists:
        folder.mkdir()
    with pytest.raises(type(error)):
        _write(folder, error)
    assert list(tmp_path.rglob("*")) == ([folder] if exists else [])


def test_folder_with_anything_in_it_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(FolderInUseError, match="not empty"):
        _write(tmp_path)
    with pytest.raises(FolderInUseError, match="is a file"):
        check_is_free(tmp_path / "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_remains_of_a_killed_run_are_cleared(tmp_path: Path) -> None:
    (tmp_path / ".partial" / "images").mkdir(parents=True)
    (tmp_path / ".partial" / "images" / "old").touch()
    _write(tmp_path)
    assert [path.name for path in (tmp_path / "images").iterdir()] == ["1"]


def test_the_last_file_arrives_after_all_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[str] = []
    replace = Path.replace

    def watched(self: Path, target: Path) -> Path:
        moved.append(self.name)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    _write(tmp_path / "new")
    assert moved == ["images", "a.json"]
