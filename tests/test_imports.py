"""Fresh interpreters prove what import contracts cannot: what is loaded when a part of the program is imported."""

import subprocess
import sys
from pathlib import Path

import pytest

import cxr_viewer.dicom


def _loaded(module: str, *wanted: str) -> list[str]:
    script = f"import sys, {module}; print(*sorted({set(wanted)!r} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return ran.stdout.split()


@pytest.mark.parametrize(
    "module",
    [
        "cxr_viewer.scan.archive",
        "cxr_viewer.commands.scan",
        "cxr_viewer.commands.export",
        "cxr_viewer.commands.archive_store",
        "cxr_viewer.export",
        "cxr_viewer.detection",
        "cxr_viewer.detection.openvino_ensemble",
    ],
)
def test_reading_archives_needs_no_torch_and_no_window(module: str) -> None:
    assert _loaded(module, "torch", "torchvision", "timm", "lightning", "PySide6", "pyqtgraph", "scipy", "cv2") == []


@pytest.mark.parametrize("module", sorted(path.stem for path in Path(cxr_viewer.dicom.__path__[0]).glob("[a-z]*.py")))
def test_every_part_of_dicom_that_uses_pydicom_makes_it_tolerant_before(module: str) -> None:
    script = (
        f"import sys, cxr_viewer.dicom.{module}\n"
        "config = sys.modules.get('pydicom.config')\n"
        "print('none' if config is None else config.settings.reading_validation_mode, 'requests' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() in (["none", "False"], ["0", "False"]), "0 is pydicom's IGNORE"


@pytest.mark.parametrize("module", ["decoding", "decoding_child", "windowing", "transfer_syntax", "files"])
def test_a_process_that_lets_children_decode_imports_no_decoder(module: str) -> None:
    assert _loaded(f"cxr_viewer.dicom.{module}", "pydicom", "imagecodecs", "PIL") == []


def test_core_needs_numpy_only() -> None:
    names = "pydicom", "openvino", "PIL", "sqlalchemy", "torch", "PySide6", "safetensors", "imagecodecs", "pebble"
    modules = (
        "cxr_viewer.core.correction_set, cxr_viewer.core.matching, cxr_viewer.core.suppression, cxr_viewer.core.gate, "
        "cxr_viewer.core.studies, cxr_viewer.core.interchange.rsna_csv, cxr_viewer.core.interchange.coco"
    )
    assert _loaded(modules, *names) == []


def test_detector_package_loads_no_engine_before_one_is_asked_for() -> None:
    assert _loaded("cxr_viewer.detection", "openvino", "torch") == []
