"""Which files of the frozen folder are kept."""

import re

import pytest

from installers import contents
from installers.program import ROOT


@pytest.mark.parametrize(
    "name",
    [
        "openvino/libs/libopenvino.so.2641",
        "openvino/libs/libopenvino_intel_cpu_plugin.so",
        "openvino/libs/libopenvino_ir_frontend.so.2641",
        "openvino/libs/libtbb.so.12",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqwayland.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/Qt/plugins/imageformats/libqsvg.so",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/Qt/lib/libQt6Widgets.so.6",
        "PySide6/Qt/lib/libicudata.so.73",
        "PySide6/QtWidgets.abi3.so",
        "imagecodecs/_jpeg2k.abi3.so",
        "imagecodecs/_shared_cython.abi3.so",
        "resources/models/demo/bundle.json",
        "cxr_viewer/store/migrations/env.py",
    ],
)
def test_what_runs_is_kept(name: str) -> None:
    assert contents.keeps(name)


@pytest.mark.parametrize(
    "name",
    [
        "openvino/libs/libopenvino_intel_gpu_plugin.so",
        "openvino/libs/libopenvino_intel_npu_plugin.so",
        "openvino/libs/libopenvino_onnx_frontend.so.2641",
        "openvino/libs/libopenvino_tensorflow_lite_frontend.so.2641",
        "openvino/libs/libopenvino_c.so.2641",
        "openvino/libs/cache.json",
        "PySide6/Qt/plugins/platforms/libqvnc.so",
        "PySide6/Qt/plugins/imageformats/libqpdf.so",
        "PySide6/Qt/plugins/sqldrivers/libqsqlite.so",
        "PySide6/Qt/plugins/tls/libqopensslbackend.so",
        "PySide6/Qt/lib/libQt6Quick.so.6",
        "PySide6/Qt/translations/qt_de.qm",
        "PySide6/QtQml.abi3.so",
        "imagecodecs/_avif.abi3.so",
    ],
)
def test_what_nothing_uses_is_left_out(name: str) -> None:
    assert not contents.keeps(name)


@pytest.mark.parametrize(
    "name", ["libstdc++.so.6", "libglib-2.0.so.0", "libreadline.so.8", "libxcb.so.1", "libGL.so.1"]
)
def test_the_system_s_own_libraries_stay_with_the_system(name: str) -> None:
    assert not contents.keeps(name, is_from_system=True)
    assert contents.keeps(name)


@pytest.mark.parametrize("name", ["libxcb-cursor.so.0", "libxkbcommon-x11.so.0", "libsqlite3.so.0"])
def test_libraries_that_desktops_may_lack_are_taken_along(name: str) -> None:
    assert contents.keeps(name, is_from_system=True)


def test_every_decoder_that_the_program_calls_is_in_the_list() -> None:
    text = "".join(
        (ROOT / "cxr_viewer" / "dicom" / name).read_text(encoding="utf-8") for name in ("plugins.py", "raster.py")
    )
    assert set(re.findall(r"imagecodecs\.(\w+)_decode", text)) == set(contents.DECODERS)


def test_torch_stays_out_of_the_cpu_build_and_training_out_of_both() -> None:
    cpu, cuda = contents.modules_left_out("cpu"), contents.modules_left_out("cuda")
    assert {"torch", "timm", "model_training"} <= set(cpu)
    assert "torch" not in cuda
    assert "model_training" in cuda
    with pytest.raises(ValueError, match="CXR_BUILD"):
        contents.modules_left_out("rocm")
