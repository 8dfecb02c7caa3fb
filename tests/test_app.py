"""cxr-viewer as it is called: its options, its picture, and what it loads before the window is there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from cxr_viewer import __version__, app
from cxr_viewer.store import locations
from tests.bundle_factory import tiny_bundle
from tests.factories import dicom_file, radiograph


def _viewer(*arguments: str | Path, timeout: float = 90) -> "subprocess.CompletedProcess[str]":
    call = [sys.executable, "-m", "cxr_viewer.app", *map(str, arguments)]
    return subprocess.run(call, capture_output=True, text=True, check=False, timeout=timeout, env=dict(os.environ))


def test_help_and_version_answer_without_qt() -> None:
    script = (
        "import sys\nfrom cxr_viewer import app\n"
        "try:\n    app.parse(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'PySide6', 'numpy', 'torch', 'openvino'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "Research use only, not a medical device." in ran.stdout
    assert ran.stdout.splitlines()[-1] == "[]"


def test_version_names_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        app.parse(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"cxr-viewer {__version__}")


@pytest.mark.parametrize("arguments", [["--size", "big"], ["--theme", "pink"], ["--no-such-option"]])
def test_wrong_call_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        app.parse(arguments)
    assert ended.value.code == 2


def test_size_is_read() -> None:
    assert app.parse(["--size", "1600x1000"]).size == (1600, 1000)


def test_picture_shows_the_image_with_the_boxes_of_a_real_bundle(tmp_path: Path) -> None:
    tiny_bundle(tmp_path / "bundle")
    dicom_file(tmp_path / "ward" / "a.dcm", radiograph(300, 260))
    picture = tmp_path / "out" / "window.png"
    ran = _viewer(tmp_path / "ward", "--bundle", tmp_path / "bundle", "--screenshot", picture, "--size", "1400x900")
    assert (ran.returncode, ran.stderr) == (0, "")
    with Image.open(picture) as image:
        assert image.size == (1400, 900)
        colours = len(image.convert("RGB").getcolors(maxcolors=1 << 24) or [])
    assert colours > 200, "a grey image and coloured controls"
    settings = locations.settings_folder() / "cxr-viewer.ini"
    assert settings.is_file()
    assert os.name != "posix" or settings.stat().st_mode & 0o077 == 0


def test_picture_is_taken_of_a_sentence_where_there_is_nothing_to_show(tmp_path: Path) -> None:
    ran = _viewer(tmp_path / "nowhere", "--screenshot", tmp_path / "window.png")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert (tmp_path / "window.png").is_file()


def test_refused_bundle_and_damaged_store_leave_a_window(tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    (tmp_path / "store.sqlite").write_text("this is no database at all, but some text", encoding="utf-8")
    dicom_file(tmp_path / "a.dcm", radiograph(300, 260))
    picture = tmp_path / "window.png"
    ran = _viewer(
        tmp_path / "a.dcm",
        "--bundle",
        tmp_path / "bundle",
        "--store",
        tmp_path / "store.sqlite",
        "--screenshot",
        picture,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert picture.is_file()


_BEFORE_WINDOW = """
import sys
from cxr_viewer.ui.main_window import MainWindow

LATER = {
    "openvino", "torch", "torchvision", "timm", "model_training",
    "sqlalchemy", "alembic", "pydicom", "imagecodecs", "PIL", "scipy", "cv2", "pyqtgraph", "typer", "rich", "requests",
    "cxr_viewer.export", "cxr_viewer.dicom.deidentify", "cxr_viewer.store.journal", "cxr_viewer.detection.loading",
}
painted = []

def event(self, happened):
    answer = original(self, happened)
    if happened.type().name == "Paint" and not painted:
        painted.append(True)
        print("at first paint:", sorted(LATER & set(sys.modules)), flush=True)
    return answer

original = MainWindow.event
MainWindow.event = event
from cxr_viewer import app
code = app.main(sys.argv[1:])
print("at the end:", sorted({"openvino", "torch", "model_training"} & set(sys.modules)))
sys.exit(code)
"""


def test_window_is_painted_before_what_it_does_not_need_is_imported(tmp_path: Path) -> None:
    tiny_bundle(tmp_path / "bundle")
    dicom_file(tmp_path / "a.dcm", radiograph(300, 260))
    script = tmp_path / "watch.py"
    script.write_text(f"if __name__ == '__main__':\n{_indented(_BEFORE_WINDOW)}", encoding="utf-8")
    arguments = [tmp_path / "a.dcm", "--bundle", tmp_path / "bundle", "--screenshot", tmp_path / "window.png"]
    ran = subprocess.run(
        [sys.executable, str(script), *map(str, arguments)], capture_output=True, text=True, check=False, timeout=90
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == ["at first paint: []", "at the end: ['openvino']"]


_NO_SOCKET = """
import socket, sys

def watch(event, arguments):
    if event == "socket.__new__" and arguments[1] in (socket.AF_INET, socket.AF_INET6):
        print("socket opened", flush=True)

sys.addaudithook(watch)
from cxr_viewer import app
sys.exit(app.main(sys.argv[1:]))
"""


def test_window_opens_no_socket(tmp_path: Path) -> None:
    tiny_bundle(tmp_path / "bundle")
    dicom_file(tmp_path / "a.dcm", radiograph(300, 260))
    script = tmp_path / "watch.py"
    script.write_text(f"if __name__ == '__main__':\n{_indented(_NO_SOCKET)}", encoding="utf-8")
    arguments = [tmp_path / "a.dcm", "--bundle", tmp_path / "bundle", "--screenshot", tmp_path / "window.png"]
    ran = subprocess.run(
        [sys.executable, str(script), *map(str, arguments)], capture_output=True, text=True, check=False, timeout=90
    )
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())
