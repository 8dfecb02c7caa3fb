"""The store that is opened: named, from the environment, or the user's own."""

from pathlib import Path

import pytest

from cxr_viewer.store import locations, opening
from cxr_viewer.store.errors import StoreError


def test_a_named_store_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXR_STORE", str(tmp_path / "other.sqlite"))
    with opening.open_store(f"sqlite:///{tmp_path / 'named.sqlite'}") as journal:
        assert journal.path == tmp_path / "named.sqlite"
    assert not (tmp_path / "other.sqlite").exists()


def test_the_environment_names_the_store_where_nobody_else_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXR_STORE", str(tmp_path / "environment.sqlite"))
    with opening.open_store() as journal:
        assert journal.path == tmp_path / "environment.sqlite"


def test_the_users_own_store_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CXR_STORE", raising=False)
    monkeypatch.setattr(locations, "default_journal_path", lambda: tmp_path / "own" / "journal.sqlite")
    with opening.open_store() as journal:
        assert journal.path == tmp_path / "own" / "journal.sqlite"


def test_an_export_creates_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nothing\.sqlite does not exist\.$"):
        opening.open_store(tmp_path / "nothing.sqlite", create=False)
    assert list(tmp_path.iterdir()) == []
