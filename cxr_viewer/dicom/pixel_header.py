"""What windowing, measuring and the status bar need to know of an image, as plain values that can be pickled."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core.studies import InstanceKey


class WindowFunction(Enum):
    """VOI LUT Function (PS3.3 C.11.2.1.2 and C.11.2.1.3)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True, slots=True)
class Window:
    """A window in modality units."""

    centre: float
    width: float
    function: WindowFunction = WindowFunction.LINEAR
    explanation: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class VoiLut:
    """A VOI LUT.

    Attributes:
        first: the value that the first entry stands for, in modality units; values below and above take the outermost.
        entries: (N,) uint16.
        highest: output that is white: 2 ** bits - 1.
        explanation: what the maker calls it.
    """

    first: int
    entries: NDArray[np.uint16]
    highest: int
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class PixelHeader:
    """Of one decoded image.

    Attributes:
        photometric: photometric interpretation of the pixels as handed over; RGB for images with colour.
        presentation_inverse: Presentation LUT Shape is INVERSE.
        is_colour: the pixels are the luma of an image that has colour.
        bits_stored: bits per stored value.
        windows, voi_luts: of the header, in its order; windows without a usable width are left out.
        padding: lowest and highest padding value, inclusive, in modality units.
        spacing_mm: distance of rows and of columns in millimetres, None when unknown.
        spacing_basis: "calibrated", "calibrated by geometry" or "calibrated by fiducial" (to the patient), or "at
            detector" (PS3.3 10.7.1.3), "" when unknown.
        value_unit: Rescale Type or Modality LUT Type, "" when unspecified.
        is_lossy: the pixels went through lossy compression.
        frames: of the file; the pixels are of one of them.
        is_polarity_corrected: a reader found that the header says the wrong polarity; no file says so.
    """

    photometric: str
    presentation_inverse: bool = False
    is_colour: bool = False
    bits_stored: int = 8
    windows: tuple[Window, ...] = ()
    voi_luts: tuple[VoiLut, ...] = ()
    padding: tuple[float, float] | None = None
    spacing_mm: tuple[float, float] | None = None
    spacing_basis: str = ""
    value_unit: str = ""
    manufacturer: str = ""
    model: str = ""
    transfer_syntax_uid: str = ""
    is_lossy: bool = False
    frames: int = 1
    is_polarity_corrected: bool = False

    @property
    def shows_minimum_white(self) -> bool:
        """Whether the grey values are inverted after the VOI; once, whichever of two elements asks for it.

        MONOCHROME1 means minimum white (PS3.3 C.7.6.3.1.2). Presentation LUT Shape INVERSE says the same a second time:
        the DX module requires it exactly with MONOCHROME1 (PS3.3 C.8.11.3.1, Table C.8-70), so the two together invert
        once. A shape of IDENTITY that contradicts MONOCHROME1 is ignored: such headers exist, and the photometric
        interpretation is the one that is right in them (dcm4chee-arc-light issue 3155). What a reader corrected goes
        before all of it.
        """
        stated = self.photometric == "MONOCHROME1" or self.presentation_inverse
        return stated != self.is_polarity_corrected


@dataclass(frozen=True, slots=True, eq=False)
class DecodedInstance:
    """A decoded image.

    Attributes:
        key: identity of the instance, the same in every transfer syntax that is lossless.
        pixels: (rows, columns) after the modality LUT and before the VOI; uint16, int16, int32 or float32, the first
            of them that holds the values. Of colour images the luma.
        header: what else there is to know.
    """

    key: InstanceKey
    pixels: NDArray[np.generic]
    header: PixelHeader
