"""The program talks to no network: a whole scan, OpenVINO included, opens no internet socket."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bundle_factory import tiny_bundle
from tests.factories import dicom_file, radiograph

_WATCHED = """
import socket, sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request"):
        if event == "socket.connect" and arguments[0].family == getattr(socket, "AF_UNIX", None):
            return
        log.write(f"{event} {arguments}\\n")
    if event == "socket.__new__" and arguments[1] in (socket.AF_INET, socket.AF_INET6):
        log.write(f"{event} {arguments}\\n")

log = open(sys.argv.pop(1), "w", buffering=1)
sys.addaudithook(watch)
"""
_SCAN = """
from cxr_viewer.commands.scan import main

try:
    main()
finally:
    if "openvino" not in sys.modules or sys.modules.get("openvino_telemetry") is not None:
        log.write("openvino was not used, or its telemetry client was imported\\n")
"""
_CONTROL = "import socket\nsocket.socket().close()\n"


def _run(script: str, log: Path, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    call = [sys.executable, "-c", _WATCHED + script, str(log), *map(str, arguments)]
    return subprocess.run(call, capture_output=True, text=True, check=False)


def test_the_watch_sees_a_socket(tmp_path: Path) -> None:
    _run(_CONTROL, tmp_path / "log")
    assert "socket.__new__" in (tmp_path / "log").read_text(encoding="utf-8")


def test_scan_opens_no_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    tiny_bundle(tmp_path / "bundle")
    dicom_file(tmp_path / "archive" / "a.dcm", radiograph())
    ran = _run(
        _SCAN, tmp_path / "log", tmp_path / "archive", "--out", tmp_path / "out", "--bundle", tmp_path / "bundle"
    )
    assert ran.returncode == 0, ran.stderr
    assert "1 ok" in ran.stdout
    assert (tmp_path / "log").read_text(encoding="utf-8") == ""
