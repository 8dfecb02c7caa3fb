"""The wheel: what is inside, and that it runs outside of the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and unpack it as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(site: Path, program: str) -> str:
    """Run a program in a fresh interpreter that finds the unpacked wheel first, away from the checkout."""
    environment = os.environ | {"PYTHONPATH": str(site)}
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=site.parent, env=environment, capture_output=True, text=True, check=True
    )
    return result.stdout.strip()


def test_both_packages_run_from_the_wheel(site: Path) -> None:
    printed = run(site, "import cxr_viewer, model_training; print(cxr_viewer.__file__, model_training.__file__)")
    assert all(Path(name).is_relative_to(site) for name in printed.split())


@pytest.mark.parametrize("name", ["models/demo/bundle.json", "demo", "icons", "window_presets.toml"])
def test_resources_travel_in_the_wheel(site: Path, name: str) -> None:
    found = Path(run(site, f"from cxr_viewer import resources; print(resources.path({name!r}))"))
    assert found.is_relative_to(site)
    assert found.exists()


def test_the_demo_ensemble_of_the_wheel_is_whole(site: Path) -> None:
    program = (
        "from cxr_viewer import resources\n"
        "from cxr_viewer.detection import bundle\n"
        "print(len(bundle.read(resources.path('models/demo')).members))"
    )
    assert run(site, program) == "4"


def test_training_recipes_and_migrations_travel_in_the_wheel(site: Path) -> None:
    assert {path.name for path in (site / "model_training" / "recipes").glob("*.toml")} >= {"demo.toml", "paper.toml"}
    assert list((site / "cxr_viewer" / "store" / "migrations" / "versions").glob("*.py"))


def test_all_programs_are_declared(site: Path) -> None:
    (declared,) = site.glob("*.dist-info/entry_points.txt")
    text = declared.read_text(encoding="utf-8")
    assert all(name in text for name in ("cxr-scan", "cxr-export", "cxr-train", "[gui_scripts]\ncxr-viewer"))
