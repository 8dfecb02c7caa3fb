"""Tests of the bundle's checks: what is refused, and that the sentence names the file."""

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from cxr_viewer.detection import bundle as bundles
from cxr_viewer.detection.bundle import BundleError
from tests.bundle_factory import tiny_bundle


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bundle(tmp_path_factory.mktemp("bundles") / "tiny", members=1).folder


@pytest.fixture
def folder(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "bundle"))


def sign_again(folder: Path, **changes: object) -> None:
    """Rewrite bundle.json with a fitting digest, as somebody would who edits it with intent."""
    content = json.loads((folder / "bundle.json").read_text())
    content.pop("digest")
    content.update(changes)
    content = {key: value for key, value in content.items() if value is not ...}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    content["digest"] = sha256(canonical.encode()).hexdigest()
    (folder / "bundle.json").write_text(json.dumps(content))


def test_a_written_bundle_reads_back_equal(folder: Path) -> None:
    bundle = bundles.read(folder)
    assert bundle.network.anchors.levels == (3, 4, 5, 6)
    assert bundle.thresholds.size is None
    assert bundle.validation.froc[0].sensitivity == 0.5
    assert bundles.read(folder) == bundle
    assert len(bundle.digest) == 64


@pytest.mark.parametrize(
    "name", ["member-1.safetensors", "member-1.xml", "member-1.bin", "MODEL_CARD.md", "bundle.json"]
)
def test_one_changed_byte_in_any_file_is_refused_and_the_file_is_named(folder: Path, name: str) -> None:
    path = folder / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(BundleError, match=name.replace(".", r"\.")):
        bundles.read(folder)


def test_every_single_missing_file_is_refused(folder: Path) -> None:
    for path in list(folder.iterdir()):
        content = path.read_bytes()
        path.unlink()
        with pytest.raises(BundleError, match=path.name.replace(".", r"\.")):
            bundles.read(folder)
        path.write_bytes(content)
    bundles.read(folder)


@pytest.mark.parametrize("key", ["members", "network", "thresholds", "validation", "name", "files", "selection"])
def test_a_missing_key_is_refused_by_name(folder: Path, key: str) -> None:
    sign_again(folder, **{key: ...})
    with pytest.raises(BundleError, match=key):
        bundles.read(folder)


def test_an_unknown_format_version_is_refused(folder: Path) -> None:
    sign_again(folder, format_version=99)
    with pytest.raises(BundleError, match="format 99"):
        bundles.read(folder)


def test_an_unknown_family_is_refused(folder: Path) -> None:
    sign_again(folder, family="oracle")
    with pytest.raises(BundleError, match="oracle"):
        bundles.read(folder)


def test_a_pickle_is_refused_before_it_is_opened(folder: Path) -> None:
    content = json.loads((folder / "bundle.json").read_text())
    (folder / "weights.pt").write_bytes(b"cos\nsystem\n")
    sign_again(folder, files=content["files"] | {"weights.pt": "0" * 64})
    with pytest.raises(BundleError, match=r"weights\.pt is a pickle"):
        bundles.read(folder)


def test_a_file_outside_the_folder_is_refused(folder: Path) -> None:
    content = json.loads((folder / "bundle.json").read_text())
    sign_again(folder, files=content["files"] | {"../../etc/hostname": "0" * 64})
    with pytest.raises(BundleError, match="outside"):
        bundles.read(folder)


def test_a_member_without_a_digest_is_refused(folder: Path) -> None:
    content = json.loads((folder / "bundle.json").read_text())
    del content["files"]["member-1.bin"]
    sign_again(folder, files=content["files"])
    with pytest.raises(BundleError, match=r"member-1\.bin"):
        bundles.read(folder)


def test_an_ordinary_folder_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="choose a folder"):
        bundles.read(tmp_path)
