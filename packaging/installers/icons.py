"""Draws the program's icon in the sizes and formats of each system, and names its document types to macOS."""

import io
import os
from pathlib import Path
from typing import Any

from installers import program

SIDES = (16, 24, 32, 48, 64, 128, 256, 512)

SVG = program.ROOT / "resources" / "app_icon.svg"


def for_system(folder: Path, platform: str) -> str | None:
    """Return the icon file that an executable of this system carries; Linux has it in the desktop's theme instead."""
    if platform == "win32":
        return str(write_ico(folder / f"{program.NAME}.ico"))
    if platform == "darwin":
        return str(write_icns(folder / f"{program.NAME}.icns"))
    return None


def png(side: int) -> bytes:
    """Return the icon as PNG, ``side`` pixels wide."""
    # Drawing needs no window system; the building machine may have none.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    picture = QImage(side, side, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(SVG.read_bytes())).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs know file names only
    return bytes(buffer.data().data())


def write_ico(path: Path) -> Path:
    """Write a Windows icon of all sizes up to 256."""
    return _write(path, "ICO", [side for side in SIDES if side <= 256])


def write_icns(path: Path) -> Path:
    """Write a macOS icon."""
    return _write(path, "ICNS", [16, 32, 64, 128, 256, 512])


def _write(path: Path, kind: str, sides: list[int]) -> Path:
    from PIL import Image

    pictures = [Image.open(io.BytesIO(png(side))) for side in sides]
    path.parent.mkdir(parents=True, exist_ok=True)
    pictures[-1].save(path, kind, sizes=[(side, side) for side in sides], append_images=pictures[:-1])
    return path


def document_types() -> dict[str, Any]:
    """Return what macOS shall know of the documents: DICOM files and folders, for which Finder stays the default."""
    return {
        "CFBundleShortVersionString": program.version(),
        "NSHighResolutionCapable": True,
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "DICOM image",
                "CFBundleTypeRole": "Viewer",
                "CFBundleTypeExtensions": ["dcm", "dicom"],
                "CFBundleTypeMIMETypes": ["application/dicom"],
                "LSItemContentTypes": ["org.nema.dicom"],
                "LSHandlerRank": "Default",
            },
            {
                "CFBundleTypeName": "Folder",
                "CFBundleTypeRole": "Viewer",
                "LSItemContentTypes": ["public.folder"],
                "LSHandlerRank": "Alternate",
            },
        ],
    }
