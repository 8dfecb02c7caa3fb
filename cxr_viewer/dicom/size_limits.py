"""How large a radiograph can be: asked before any memory is taken for its pixels."""

from cxr_viewer.dicom.errors import DicomReadError

LARGEST_IMAGE = 1 << 26
"""Pixels of one frame: 8192 x 8192. A 43 cm detector of 0.1 mm has 4300 x 4300; stitched legs stay below it too."""


def refuse_implausible_size(rows: int, columns: int) -> None:
    """Raise DicomReadError for a size that no image has or that would exhaust the memory."""
    if rows < 1 or columns < 1:
        raise DicomReadError(f"its header claims a size of {columns} x {rows} pixels")
    if rows * columns > LARGEST_IMAGE:
        raise DicomReadError(f"its header claims {columns} x {rows} pixels, more than any radiograph has")
