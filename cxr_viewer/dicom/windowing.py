"""From pixels after the modality LUT to 8-bit grey: VOI, then polarity, in one pure function.

The formulas are PS3.3 C.11.2.1.2 (LINEAR, LINEAR_EXACT), C.11.2.1.3 (SIGMOID) and C.11.2.1.1 (VOI LUT). Polarity
comes last: MONOCHROME1 says that the minimum is white "after any VOI gray scale transformations have been performed"
(PS3.3 C.7.6.3.1.2).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.dicom.pixel_header import DecodedInstance, PixelHeader, VoiLut, Window, WindowFunction

CLIPPED_LIMIT = 0.25
"""A header's VOI that drives more than this share of the pixels beyond either end belongs to another image."""

PERCENTILES = (0.5, 99.5)

_SAMPLED_PIXELS = 1 << 20
"""Statistics look at about this many pixels on a regular grid: 0.5 % of them are still five thousand."""

_LARGEST_TABLE = 1 << 20
_ROWS_AT_ONCE = 16
"""Rows whose indices stay in the processor's cache: looking up 7 megapixels takes a third of the time."""

_INDISTINGUISHABLE = 0.5 / 255
"""A sigmoid never reaches its ends; this close to one it is the same 8-bit grey."""

_ROUNDING_NOISE = 1e-9

Voi = Window | VoiLut

__all__ = [
    "CLIPPED_LIMIT",
    "PERCENTILES",
    "Voi",
    "VoiLut",
    "Window",
    "WindowFunction",
    "apply_voi",
    "automatic",
    "percentiles",
    "presentation",
    "render",
    "table",
    "table_span",
]


@dataclass(frozen=True, slots=True)
class _Sample:
    """Distinct values and how often they occur among the sampled pixels without padding."""

    values: NDArray[np.float64]
    counts: NDArray[np.int64]


def presentation(decoded: DecodedInstance) -> NDArray[np.uint8]:
    """Return the default display, (rows, columns) uint8: what the reader sees first and all the network ever sees."""
    return render(decoded.pixels, decoded.header, automatic(decoded.pixels, decoded.header))


def automatic(pixels: NDArray[np.generic], header: PixelHeader) -> Voi:
    """Choose the VOI: the header's first unless it clips more than a quarter of the non-padding pixels.

    A VOI LUT goes before a window (PS3.3 C.11.2.1 allows both; the LUT is the maker's own curve). The fallback is the
    window of percentiles 0.5 to 99.5. A pixel counts as clipped when it lies beyond the end of the VOI, where detail is
    lost; that a black border is black under the widest of windows is no clipping.
    """
    sample = _sample(pixels, header)
    chosen: Voi | None = header.voi_luts[0] if header.voi_luts else header.windows[0] if header.windows else None
    if chosen is not None and _clipped_share(sample, chosen) <= CLIPPED_LIMIT:
        return chosen
    return _percentile_window(sample)


def percentiles(pixels: NDArray[np.generic], header: PixelHeader, percents: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values, modality units, below which these percentages (0 to 100) of the pixels without padding lie.

    Counted on a grid of pixels; 0 and 100 are the exact extremes of all of them.
    """
    sample = _sample(pixels, header)
    if sample.values.size == 0:
        return np.zeros(percents.shape)
    cumulated = np.cumsum(sample.counts)
    ranks = np.floor(percents / 100.0 * (int(cumulated[-1]) - 1))
    found = sample.values[np.searchsorted(cumulated, ranks, side="right")]
    low, high = _extremes(pixels, header)
    return np.where(percents <= 0.0, low, np.where(percents >= 100.0, high, found))


def render(pixels: NDArray[np.generic], header: PixelHeader, voi: Voi, inverted: bool = False) -> NDArray[np.uint8]:
    """Return 8-bit grey, (rows, columns), black 0 to white 255 as it is meant to be seen.

    Args:
        pixels: (rows, columns) after the modality LUT.
        header: of the same image; it knows the polarity.
        voi: in units of the modality LUT's output.
        inverted: invert what the header asks for (the reader's switch).
    """
    if pixels.size == 0:
        return np.zeros(pixels.shape, np.uint8)
    span = table_span(pixels)
    if span is None:
        return _grey(pixels.astype(np.float64), voi, header.shows_minimum_white != inverted)
    grey = table(span, header, voi, inverted)
    shown = np.empty(pixels.shape, np.uint8)
    for top in range(0, len(pixels), _ROWS_AT_ONCE):
        rows = slice(top, top + _ROWS_AT_ONCE)
        index = pixels[rows].astype(np.intp)
        if span[0]:
            index -= span[0]
        np.take(grey, index, mode="clip", out=shown[rows])  # clips nothing: its loop is the one without a check
    return shown


def table(span: tuple[int, int], header: PixelHeader, voi: Voi, inverted: bool = False) -> NDArray[np.uint8]:
    """Return the grey of every value from the first to the last of a span, (last - first + 1,); see `render`.

    For who renders the same pixels again and again: looking values up is all that is left to do.
    """
    values = np.arange(span[0], span[1] + 1, dtype=np.float64)
    return _grey(values, voi, header.shows_minimum_white != inverted)


def table_span(pixels: NDArray[np.generic]) -> tuple[int, int] | None:
    """Return first and last value of a table for these pixels, None for floats and for ranges too wide for a table.

    All of uint16, where finding the extremes costs more than a longer table.
    """
    if not np.issubdtype(pixels.dtype, np.integer) or pixels.size == 0:
        return None
    if pixels.dtype == np.uint16:
        return 0, 0xFFFF
    low, high = int(pixels.min()), int(pixels.max())
    return (low, high) if high - low < _LARGEST_TABLE else None


def _grey(values: NDArray[np.float64], voi: Voi, flip: bool) -> NDArray[np.uint8]:
    shares = apply_voi(values, voi)
    if flip:
        shares = 1.0 - shares
    # Halves go up whichever way they were computed, so that a MONOCHROME1 image equals its MONOCHROME2 twin exactly.
    return np.floor(shares * 255.0 + (0.5 + _ROUNDING_NOISE)).astype(np.uint8)


def apply_voi(values: NDArray[np.float64], voi: Voi) -> NDArray[np.float64]:
    """Map values (any shape, modality units) to their share of the output range, in [0, 1], before polarity."""
    if isinstance(voi, VoiLut):
        return _through_lut(values, voi)
    if voi.function is WindowFunction.SIGMOID:
        return _sigmoid(values, voi)
    return np.clip(_ramp(values, voi), 0.0, 1.0)


def _ramp(values: NDArray[np.float64], window: Window) -> NDArray[np.float64]:
    """The unclipped straight line; below 0 and above 1 lies what the window clips."""
    exact = window.function is WindowFunction.LINEAR_EXACT
    centre = window.centre if exact else window.centre - 0.5
    width = window.width if exact else window.width - 1.0
    if width <= 0.0:
        # A width that the standard forbids (or 1, which LINEAR allows) is a step at the centre.
        return np.where(values > centre, 2.0, -1.0)
    return (values - centre) / width + 0.5


def _sigmoid(values: NDArray[np.float64], window: Window) -> NDArray[np.float64]:
    if window.width <= 0.0:
        return np.where(values > window.centre, 1.0, 0.0)
    # The exponent is bounded so that extreme values neither overflow nor differ from the limit.
    exponent = np.clip(-4.0 * (values - window.centre) / window.width, -700.0, 700.0)
    return np.asarray(1.0 / (1.0 + np.exp(exponent)))


def _through_lut(values: NDArray[np.float64], lut: VoiLut) -> NDArray[np.float64]:
    index = np.clip(np.floor(values) - lut.first, 0, len(lut.entries) - 1).astype(np.int64)
    return np.asarray(lut.entries[index] / float(lut.highest), dtype=np.float64)


def _clipped_share(sample: _Sample, voi: Voi) -> float:
    total = int(sample.counts.sum())
    return float(sample.counts[_clipped(sample.values, voi)].sum()) / total if total else 0.0


def _clipped(values: NDArray[np.float64], voi: Voi) -> NDArray[np.bool_]:
    """Whether values lie beyond the ends of the VOI; where a curve ends flat, all of that but its innermost value."""
    if isinstance(voi, Window) and voi.function is not WindowFunction.SIGMOID:
        shares = _ramp(values, voi)
        return (shares < 0.0) | (shares > 1.0)
    if isinstance(voi, Window):
        shares = _sigmoid(values, voi)
        return (shares <= _INDISTINGUISHABLE) | (shares >= 1.0 - _INDISTINGUISHABLE)
    inwards = 1.0 if voi.entries[-1] >= voi.entries[0] else -1.0
    here, last = apply_voi(values, voi), voi.first + len(voi.entries) - 1
    black = (here <= 0.0) & (apply_voi(values + inwards, voi) <= 0.0)
    white = (here >= 1.0) & (apply_voi(values - inwards, voi) >= 1.0)
    return black | white | (values < voi.first) | (values > last)


def _sample(pixels: NDArray[np.generic], header: PixelHeader) -> _Sample:
    """Count the values on a regular grid of pixels, without padding (with it, when there is nothing else)."""
    stride = max(1, int(np.sqrt(pixels.size / _SAMPLED_PIXELS)))
    values, counts = _counted(pixels[::stride, ::stride])
    keep = np.isfinite(values)
    if header.padding is not None:
        image = keep & ((values < header.padding[0]) | (values > header.padding[1]))
        keep = image if image.any() else keep
    return _Sample(values[keep], counts[keep])


def _extremes(pixels: NDArray[np.generic], header: PixelHeader) -> tuple[float, float]:
    """Least and greatest value without padding (with it, when there is nothing else)."""
    keep = np.isfinite(pixels) if pixels.dtype.kind == "f" else np.ones((), np.bool_)
    if header.padding is not None:
        image = keep & (np.less(pixels, header.padding[0]) | np.greater(pixels, header.padding[1]))
        keep = image if image.any() else keep
    held = pixels if keep.all() else pixels[keep]
    return float(held.min()), float(held.max())


def _counted(pixels: NDArray[np.generic]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    if pixels.dtype == np.uint16:
        # Much quicker than the sorting of np.unique.
        occurrences = _byte_counts(pixels) if pixels.size and pixels.max() <= 0xFF else np.bincount(pixels.ravel())
        found = np.flatnonzero(occurrences)
        return found.astype(np.float64), occurrences[found]
    values, counts = np.unique(pixels, return_counts=True)
    return values.astype(np.float64), counts.astype(np.int64)


def _byte_counts(pixels: NDArray[np.generic]) -> NDArray[np.int64]:
    """Count what most archives hold in half of numpy's time."""
    from PIL import Image  # not with the module: the window starts without it

    return np.asarray(Image.fromarray(pixels.astype(np.uint8)).histogram(), dtype=np.int64)


def _percentile_window(sample: _Sample) -> Window:
    """The window of the percentiles, the same for an image and its negative; a constant image becomes middle grey."""
    if sample.values.size == 0:
        return Window(0.0, 1.0, WindowFunction.LINEAR_EXACT, "automatic")
    cumulated = np.cumsum(sample.counts)
    last = int(cumulated[-1]) - 1
    left_out = int(PERCENTILES[0] / 100.0 * last)
    ranks = (left_out, last - left_out)
    low, high = (float(sample.values[np.searchsorted(cumulated, rank, side="right")]) for rank in ranks)
    return Window((low + high) / 2.0, max(high - low, 1e-6), WindowFunction.LINEAR_EXACT, "automatic")
