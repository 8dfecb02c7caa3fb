"""What may be said for --store."""

from pathlib import Path

import platformdirs
import pytest

from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.locations import default_cache_path, default_journal_path, journal_path


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("reviews.sqlite", "reviews.sqlite"),
        ("/data/reviews.sqlite", "/data/reviews.sqlite"),
        ("sqlite:///reviews.sqlite", "reviews.sqlite"),
        ("sqlite:////data/reviews.sqlite", "/data/reviews.sqlite"),
        ("sqlite+pysqlite:////data/50%25.sqlite", "/data/50%25.sqlite"),
        ("sqlite:///C:/data/reviews.sqlite", "C:/data/reviews.sqlite"),
        (r"C:\data\reviews.sqlite", r"C:\data\reviews.sqlite"),
        (Path("/data/reviews.sqlite"), "/data/reviews.sqlite"),
    ],
)
def test_paths_and_sqlite_addresses_name_a_file(said: str | Path, path: str) -> None:
    assert journal_path(said) == Path(path)


@pytest.mark.parametrize("said", ["postgresql://ada:secret@host/reviews", "postgresql+psycopg://host/reviews"])
def test_a_department_store_comes_later_and_its_password_is_not_repeated(said: str) -> None:
    with pytest.raises(StoreError, match=r"PostgreSQL.*later version.*--store\.$") as caught:
        journal_path(said)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("said", ["mysql://host/reviews", "http://host/reviews"])
def test_other_databases_are_refused(said: str) -> None:
    with pytest.raises(StoreError, match="must be a file or sqlite:///PATH"):
        journal_path(said)


@pytest.mark.parametrize("said", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://host/reviews"])
def test_an_address_without_a_file_is_refused(said: str) -> None:
    with pytest.raises(StoreError, match="names no file"):
        journal_path(said)


def test_journal_and_cache_lie_in_the_users_own_folders() -> None:
    assert default_journal_path().parent == platformdirs.user_data_path("cxr-viewer", appauthor=False)
    assert default_cache_path().parent == platformdirs.user_cache_path("cxr-viewer", appauthor=False)
