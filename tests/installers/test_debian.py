"""The Debian package's control file, the desktop entry and the archive's scripts."""

import configparser
import shutil
import subprocess

import pytest

import cxr_viewer
from installers import archive, debian, desktop, program

CONTROL = debian.control_text("amd64", 1234, ["libc6 (>= 2.34)", "hicolor-icon-theme"], ["xdg-utils"])


def test_the_control_file_says_what_dpkg_wants_to_know() -> None:
    fields = dict(line.split(": ", 1) for line in CONTROL.splitlines() if not line.startswith(" "))
    assert fields["Package"] == "cxr-viewer"
    assert fields["Version"] == cxr_viewer.__version__
    assert fields["Architecture"] == "amd64"
    assert fields["Installed-Size"] == "1234"
    assert fields["Depends"] == "libc6 (>= 2.34), hicolor-icon-theme"
    assert "not a medical device" in CONTROL.replace("\n ", " ")


def test_packages_that_the_folder_carries_are_no_dependencies() -> None:
    assert debian.without(["libssl3 (>= 3.0)", "libegl1"], {"libssl3"}) == ["libegl1"]


def test_the_desktop_entry_takes_files_and_folders() -> None:
    entry = configparser.RawConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment, method-assign]  # keys keep their case
    entry.read(desktop.ENTRY, encoding="utf-8")
    fields = entry["Desktop Entry"]
    assert fields["Exec"] == f"{program.WINDOW} %F"
    assert fields["Icon"] == program.NAME
    assert tuple(filter(None, fields["MimeType"].split(";"))) == program.MIME_TYPES
    assert fields["StartupWMClass"] == program.NAME


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="desktop-file-utils is not installed")
def test_the_desktop_entry_is_valid() -> None:
    said = subprocess.run(["desktop-file-validate", str(desktop.ENTRY)], capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (0, "")


@pytest.mark.parametrize("name", ["install.sh", "uninstall.sh"])
def test_scripts_are_filled_in_and_can_be_parsed(name: str) -> None:
    text = archive.filled_in((program.ROOT / "packaging" / "linux" / name).read_text(encoding="utf-8"))
    assert "@" not in text.replace("$@", "")
    assert all(command in text for command in program.commands())
    subprocess.run(["sh", "-n"], input=text, text=True, check=True)
