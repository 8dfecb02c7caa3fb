"""What goes into the folder of the frozen program and what stays out, with the reason.

PyInstaller takes along whatever an import statement names. Files are named here as they lie in the folder.
"""

import re
from pathlib import PurePosixPath

NOT_MODULES = (
    "model_training",  # the program never trains
    "tkinter", "test", "unittest", "pydoc", "doctest", "lib2to3", "idlelib",
    "readline", "dbm.gnu", "_gdbm",  # GPL libraries behind them
    "curses", "_curses",
    "attr", "attrs", "defusedxml", "jsonschema", "cyclonedx",  # of the building environment; others use them if there
    "pytest", "IPython", "matplotlib", "pandas", "scipy", "cv2", "ray", "lightning",
    "setuptools", "pkg_resources", "pip", "numpy.f2py", "numpy.testing", "numpy.distutils",
    "openvino_telemetry",  # opens sockets
    "openvino.tools", "openvino.torch",  # converters of other formats
    "openvino.frontend.pytorch", "openvino.frontend.tensorflow", "openvino.frontend.onnx", "openvino.frontend.jax",
    "openvino.frontend.paddle", "openvino.frontend.gguf",
    "PIL.ImageTk", "PIL.ImageQt", "PIL._avif", "PIL._webp", "PIL._imagingft", "PIL._imagingcms", "PIL._imagingtk",
)  # fmt: skip
"""Modules that are named somewhere and not needed."""

NOT_MODULES_ON_CPU = ("torch", "torchvision", "timm", "triton", "sympy", "networkx", "functorch", "torchgen")

DECODERS = ("jpeg8", "jpegls", "htj2k", "jpeg2k", "tiff", "png")
"""Extension modules of imagecodecs that cxr_viewer.dicom calls; imagecodecs loads each when it is first asked."""

_BESIDE_DECODERS = ("_shared", "_shared_cython")
"""What each of them imports."""

AS_SOURCE = {"pebble": "py"}
"""Modules that lie in the folder as files of their own, since the LGPL wants them to be replaceable."""

HIDDEN = (
    "openvino", "pydicom",
    *(f"imagecodecs._{name}" for name in DECODERS),
    *(f"imagecodecs.{name}" for name in _BESIDE_DECODERS),
    "rle.rle", "rle.utils",
    "logging.config",  # what alembic's scripts may import
    "sqlalchemy.dialects.sqlite",
)  # fmt: skip
"""Modules that are imported by a name made at run time."""

_PLUGINS = {
    "platforms": ("xcb", "wayland", "offscreen", "windows", "cocoa"),
    "platforminputcontexts": ("compose", "ibus"),
    "platformthemes": ("xdgdesktopportal",),
    "imageformats": ("svg", "jpeg", "ico"),
    "iconengines": ("svg",),
    "printsupport": ("cups", "cocoa", "windows"),
    "styles": ("mac", "windows"),
    "xcbglintegrations": (),
    "wayland-shell-integration": ("xdg-shell",),
    "wayland-decoration-client": ("bradient", "adwaita"),
    "wayland-graphics-integration-client": (),
}
"""Plugins of Qt by their kind. Nothing is drawn with OpenGL."""

_QT_PARTS = frozenset(
    {"Core", "Gui", "Widgets", "Svg", "PrintSupport", "Network", "DBus", "XcbQpa", "WaylandClient",
     "WlShellIntegration"}
)  # fmt: skip
"""Libraries of Qt: what the program imports, and what the plugins need."""

_QT_LIBRARY = re.compile(r"(?:lib)?Qt6?(\w+?)(?:\.so[.\d]*|\.abi3\.so|\.dll|\.pyd|\.dylib)?$")
_PLUGIN = re.compile(r"(?:^|/)PySide6/(?:Qt/)?plugins/([^/]+)/(?:lib)?q?(.+?)(?:\.so|\.dll|\.dylib)$")

_FOREIGN_OPENVINO = re.compile(
    r"(?:lib)?openvino_(?:intel_gpu_plugin|intel_npu_plugin|npu\w*|onnx_frontend|tensorflow\w*_frontend"
    r"|pytorch_frontend|paddle_frontend|gguf_frontend|jax_frontend|hetero_plugin|auto_plugin|auto_batch_plugin|c)\b"
)
"""Graphs are stored in OpenVINO's own form and run on the CPU: core, CPU plugin and IR front end do that."""

_FROM_THE_SYSTEM = re.compile(
    r"^lib(?:stdc\+\+|gcc_s|glib-2|gobject-2|gio-2|gmodule-2|gthread-2|dbus-1|systemd|fontconfig|freetype|expat"
    r"|X11|X11-xcb|Xext|Xau|Xdmcp|xcb|wayland-\w+|GL|GLX|EGL|GLdispatch|OpenGL|drm|gbm|cups|gssapi_krb5|krb5|k5crypto"
    r"|com_err|krb5support|keyutils|resolv|gcrypt|gpg-error|lz4|zstd|cap|mount|blkid|selinux|pcre2-8|bsd|md|avahi-\w+"
    r"|gnutls|nettle|hogweed|gmp|p11-kit|idn2|unistring|tasn1|readline|tinfo|ncursesw?|gdbm\w*|db-5"
    r"|gtk-3|gdk-3|gdk_pixbuf-2|pango\w*-1|cairo|cairo-gobject|atk-1|atk-bridge-2|atspi|harfbuzz|fribidi|epoxy"
    r"|pixman-1|graphite2|thai|datrie|X(?:i|render|cursor|inerama|randr|composite|damage|fixes)|png16|jpeg|brotli\w+"
    r"|xcb-render|xcb-shm)\."
)
"""Libraries that every Linux desktop has, or that a plugin finds or does without; left to the target, so that its
security updates reach the program, its display drivers fit, and no copyleft library is handed on without need."""


def modules_left_out(build: str) -> list[str]:
    """Return what PyInstaller shall not follow, for the build "cpu" or "cuda".

    Raises:
        ValueError: there is no such build.
    """
    if build not in ("cpu", "cuda"):
        raise ValueError(f"there is no build '{build}'; CXR_BUILD is cpu or cuda.")
    return [*NOT_MODULES, *(NOT_MODULES_ON_CPU if build == "cpu" else ())]


def keeps(name: str, is_from_system: bool = False) -> bool:
    """Return whether a library or data file of the folder is needed.

    Args:
        name: where it will lie, below the folder, with forward slashes.
        is_from_system: whether it was found among the libraries of the building system rather than in a wheel.
    """
    path = PurePosixPath(name)
    plugin = _PLUGIN.search(name)
    if plugin is not None:
        wanted = _PLUGINS.get(plugin[1], ())
        return any(plugin[2].startswith(each) for each in wanted)
    if path.parts[0] == "PySide6":
        return _keeps_of_qt(path)
    if path.parts[0] == "imagecodecs" and ".so" in path.name:
        return path.name.split(".")[0] in (*(f"_{each}" for each in DECODERS), *_BESIDE_DECODERS)
    if _FOREIGN_OPENVINO.match(path.name) or path.name == "cache.json":
        return False
    if path.parts[0] == "pydicom" and "test_files" in path.parts:
        return False
    return not (is_from_system and _FROM_THE_SYSTEM.match(path.name))


def _keeps_of_qt(path: PurePosixPath) -> bool:
    if "translations" in path.parts or "qml" in path.parts:
        return False
    library = _QT_LIBRARY.match(path.name)
    return library is None or library[1] in _QT_PARTS
