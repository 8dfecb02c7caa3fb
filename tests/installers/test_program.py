"""What the program is called, and the launcher of its commands."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import cxr_viewer
from installers import program


def test_the_version_is_the_package_s() -> None:
    assert program.version() == cxr_viewer.__version__


def test_a_version_that_is_not_stated_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cxr_viewer").mkdir()
    (tmp_path / "cxr_viewer" / "__init__.py").write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match="__version__"):
        program.version(tmp_path)


def test_the_version_stands_nowhere_else() -> None:
    stamped = re.compile(rf"(?<![\d.]){re.escape(cxr_viewer.__version__)}(?![\d.])")
    build = [path for path in (program.ROOT / "packaging").rglob("*") if path.suffix in (".py", ".sh", ".ps1", ".iss")]
    assert [path.name for path in build if stamped.search(path.read_text(encoding="utf-8"))] == []


def test_commands_are_those_of_the_wheel_without_training() -> None:
    commands = program.commands()
    assert next(iter(commands)) == program.WINDOW
    assert set(commands) == {"cxr-viewer", "cxr-scan", "cxr-export", "cxr-store", "cxr-import-boxes"}


@pytest.mark.parametrize("called", ["cxr-scan", "cxr-store", "cxr-export", "cxr-import-boxes"])
def test_the_launcher_starts_the_command_by_whose_name_it_is_called(called: str, tmp_path: Path) -> None:
    path = program.write_launcher(tmp_path)
    link = tmp_path / called
    link.symlink_to(path)
    said = subprocess.run([sys.executable, link, "--help"], cwd=program.ROOT, env=_environment(), capture_output=True)
    assert called in said.stdout.decode()
    assert said.returncode == 0


def test_by_another_name_the_window_starts(tmp_path: Path) -> None:
    link = tmp_path / "radiographs"
    link.symlink_to(program.write_launcher(tmp_path))
    said = subprocess.run(
        [sys.executable, link, "--version"], cwd=program.ROOT, env=_environment(), capture_output=True
    )
    assert said.stdout.decode().startswith(f"cxr-viewer {cxr_viewer.__version__}")


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(program.ROOT)}
