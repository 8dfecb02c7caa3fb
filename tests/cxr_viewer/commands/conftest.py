"""What the tests of the commands share: a tiny bundle of random networks and private user folders."""

from pathlib import Path

import pytest

from tests.bundle_factory import tiny_bundle


@pytest.fixture(scope="session")
def bundle_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real bundle whose networks are small and untrained."""
    folder = tmp_path_factory.mktemp("bundles") / "tiny"
    tiny_bundle(folder)
    return folder


@pytest.fixture(autouse=True)
def user_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's data and cache folders, private to the test and to the processes it starts."""
    folder = tmp_path / "user"
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(folder / name.lower()))
    monkeypatch.delenv("CXR_STORE", raising=False)
    return folder
