"""The display: VOI against pydicom as the independent implementation, polarity, the automatic choice, speed."""

import time
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_voi as pydicom_voi
from pydicom.pixels.processing import apply_windowing as pydicom_windowing
from pydicom.sequence import Sequence

from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.dicom import windowing
from cxr_viewer.dicom.pixel_header import DecodedInstance, PixelHeader
from cxr_viewer.dicom.windowing import (
    VoiLut,
    Window,
    WindowFunction,
    apply_voi,
    automatic,
    presentation,
    render,
)
from tests.cxr_viewer.dicom.dicom_files import radiograph_pixels

MONOCHROME2 = PixelHeader("MONOCHROME2", bits_stored=12)
MONOCHROME1 = PixelHeader("MONOCHROME1", bits_stored=12)


def dataset_of(window: Window, bits: int, signed: bool) -> Dataset:
    dataset = Dataset()
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsStored = bits
    dataset.PixelRepresentation = int(signed)
    dataset.WindowCenter, dataset.WindowWidth = window.centre, window.width
    dataset.VOILUTFunction = window.function.value
    return dataset


@pytest.mark.parametrize("function", list(WindowFunction))
@pytest.mark.parametrize(("centre", "width"), [(2048, 4096), (512.5, 1023), (100, 1.5), (-600, 1600), (3000, 37)])
@pytest.mark.parametrize("signed", [False, True])
def test_windows_equal_pydicoms(function: WindowFunction, centre: float, width: float, signed: bool) -> None:
    window = Window(centre, width, function)
    low, high = (-2048, 2047) if signed else (0, 4095)
    values = np.arange(low, high + 1, dtype=np.int32)
    with np.errstate(over="ignore"):
        theirs = (pydicom_windowing(values, dataset_of(window, 12, signed)) - low) / (high - low)
    np.testing.assert_allclose(apply_voi(values.astype(np.float64), window), theirs, atol=1e-12)


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
@pytest.mark.parametrize("first", [0, 100, 4000])
def test_voi_luts_equal_pydicoms(bits: int, first: int) -> None:
    # pydicom counts the index in the type of the entries, so 8 bits reach no further than 256 values.
    count = min(1000, 1 << bits)
    entries = np.sort(np.random.default_rng(bits).integers(0, 1 << bits, count)).astype(np.uint16)
    item = Dataset()
    item.add_new(0x00283002, "US", [len(entries), first, bits])
    item.add_new(0x00283006, "US", [int(entry) for entry in entries])
    dataset = Dataset()
    dataset.VOILUTSequence = Sequence([item])
    values = np.arange(first, first + count, dtype=np.uint16) if bits == 8 else np.arange(6000, dtype=np.uint16)
    theirs = pydicom_voi(values, dataset) / ((1 << bits) - 1)
    ours = apply_voi(values.astype(np.float64), VoiLut(first, entries, (1 << bits) - 1))
    np.testing.assert_array_equal(ours, theirs)


def test_the_standards_example_of_a_linear_window() -> None:
    """PS3.3 C.11.2.1.2: centre 2048, width 4096 is the identity on 12 bits; 0 and width 1 a step at 0."""
    values = np.arange(4096, dtype=np.float64)
    np.testing.assert_allclose(apply_voi(values, Window(2048, 4096)) * 4095, values, atol=1e-9)
    np.testing.assert_array_equal(apply_voi(np.asarray([-1.0, 0.0]), Window(0, 1)), [0.0, 1.0])


@pytest.mark.parametrize("function", list(WindowFunction))
@pytest.mark.parametrize("width", [0.0, -5.0, 1e-300, 1e300])
def test_absurd_widths_do_not_raise(function: WindowFunction, width: float) -> None:
    grey = render(radiograph_pixels(20, 20), MONOCHROME2, Window(2000, width, function))
    assert grey.dtype == np.uint8


def test_polarity_comes_after_the_voi() -> None:
    pixels = radiograph_pixels(50, 60)
    window = Window(1000, 800)
    straight, inverse = render(pixels, MONOCHROME2, window), render(pixels, MONOCHROME1, window)
    # 8-bit rounding is half up on both sides.
    assert int(np.abs(255 - straight.astype(int) - inverse).max()) <= 1
    mirrored = (4095 - pixels).astype(np.uint16)
    twin = render(mirrored, MONOCHROME1, Window(4095 - 1000 + 1, 800))
    np.testing.assert_array_equal(twin, straight)


def test_polarity_is_inverted_once_whoever_asks_for_it() -> None:
    def white(photometric: str, inverse: bool) -> bool:
        return PixelHeader(photometric, presentation_inverse=inverse).shows_minimum_white

    assert white("MONOCHROME1", False)
    assert white("MONOCHROME1", True)
    assert white("MONOCHROME2", True)
    assert not white("MONOCHROME2", False)


def test_the_readers_switch_inverts_what_the_header_asks_for() -> None:
    pixels, window = radiograph_pixels(30, 30), Window(2048, 4096)
    np.testing.assert_array_equal(
        render(pixels, MONOCHROME1, window, inverted=True), render(pixels, MONOCHROME2, window)
    )


@pytest.mark.parametrize("dtype", [np.uint16, np.int16, np.int32, np.float32])
def test_every_type_of_pixels_gives_the_same_grey(dtype: type[np.generic]) -> None:
    pixels, window = radiograph_pixels(40, 40), Window(2000, 3000, WindowFunction.SIGMOID)
    np.testing.assert_array_equal(
        render(pixels.astype(dtype), MONOCHROME2, window), render(pixels, MONOCHROME2, window)
    )


def test_a_range_too_wide_for_a_table_is_rendered_too() -> None:
    pixels = np.asarray([[-2_000_000, 0], [1_000_000, 2_000_000]], dtype=np.int32)
    grey = render(pixels, MONOCHROME2, Window(0, 4_000_000, WindowFunction.LINEAR_EXACT))
    np.testing.assert_array_equal(grey, [[0, 128], [191, 255]])


def test_the_headers_first_voi_is_taken_and_its_lut_before_its_window() -> None:
    window = Window(2048, 4096)
    lut = VoiLut(0, np.arange(4096, dtype=np.uint16), 4095)
    pixels = radiograph_pixels(64, 64)
    assert automatic(pixels, replace(MONOCHROME2, windows=(window, Window(1, 2)))) == window
    assert automatic(pixels, replace(MONOCHROME2, windows=(window,), voi_luts=(lut,))) is lut


def uniform(share_below: float) -> NDArray[np.uint16]:
    """Pixels of which a share lies below 1000 and the others from 1000 to 2000."""
    count = 100_000
    below = int(count * share_below)
    values = np.concatenate([np.linspace(0, 999, below), np.linspace(1000, 2000, count - below)])
    return values.astype(np.uint16).reshape(250, 400)


@pytest.mark.parametrize("function", [WindowFunction.LINEAR, WindowFunction.LINEAR_EXACT])
def test_a_window_that_clips_more_than_a_quarter_is_replaced_by_percentiles(function: WindowFunction) -> None:
    window = Window(1500, 1000, function)
    header = replace(MONOCHROME2, windows=(window,))
    assert automatic(uniform(0.24), header) == window
    chosen = automatic(uniform(0.26), header)
    assert isinstance(chosen, Window)
    assert chosen.explanation == "automatic"


def test_a_leftover_window_of_another_modality_is_replaced() -> None:
    pixels = radiograph_pixels(200, 200, bits=14)
    header = replace(MONOCHROME2, bits_stored=14, windows=(Window(-600, 1600),))
    grey = render(pixels, header, automatic(pixels, header))
    assert 100 < grey.mean() < 155


def test_a_black_border_under_a_wide_window_is_no_clipping() -> None:
    pixels = radiograph_pixels(100, 100)
    pixels[:40] = 0
    window = Window(2048, 4096)
    assert automatic(pixels, replace(MONOCHROME2, windows=(window,))) == window


def test_a_lut_that_ends_flat_over_most_pixels_is_replaced() -> None:
    pixels = radiograph_pixels(100, 100)
    entries = np.clip(np.arange(4096) - 3000, 0, None).astype(np.uint16)
    chosen = automatic(pixels, replace(MONOCHROME2, voi_luts=(VoiLut(0, entries, 1095),)))
    assert isinstance(chosen, Window)
    falling = VoiLut(0, np.arange(4095, -1, -1).astype(np.uint16), 4095)
    assert automatic(pixels, replace(MONOCHROME2, voi_luts=(falling,))) is falling


@pytest.mark.parametrize("highest", [1, 0xFF, 0x100, 0xFFFF])
def test_values_are_counted_as_numpy_counts_them_whatever_their_range(highest: int) -> None:
    pixels = np.random.default_rng(highest).integers(0, highest + 1, (300, 200)).astype(np.uint16)
    pixels[0, 0] = highest
    values, counts = windowing._counted(pixels)
    expected_values, expected_counts = np.unique(pixels, return_counts=True)
    np.testing.assert_array_equal(values, expected_values)
    np.testing.assert_array_equal(counts, expected_counts)


def test_percentiles_are_those_of_numpy_without_the_padding() -> None:
    generator = np.random.default_rng(3)
    image = generator.normal(2000, 300, (500, 500)).astype(np.uint16)
    padded = np.full((700, 700), 4000, np.uint16)
    padded[100:600, 100:600] = image
    chosen = automatic(padded, replace(MONOCHROME2, padding=(3900.0, 4095.0)))
    assert isinstance(chosen, Window)
    low, high = np.percentile(image, [0.5, 99.5])
    assert abs(chosen.centre - chosen.width / 2 - low) <= 1
    assert abs(chosen.centre + chosen.width / 2 - high) <= 1


@pytest.mark.parametrize("value", [0, 7, 4095])
def test_a_constant_image_is_shown_without_dividing_by_zero(value: int) -> None:
    pixels = np.full((30, 30), value, np.uint16)
    assert np.unique(presentation(DecodedInstance(InstanceKey("k"), pixels, MONOCHROME2))).size == 1
    everything_padding = replace(MONOCHROME2, padding=(float(value), float(value)))
    assert presentation(DecodedInstance(InstanceKey("k"), pixels, everything_padding)).shape == (30, 30)


def test_nan_does_not_reach_the_percentiles() -> None:
    pixels = radiograph_pixels(50, 50).astype(np.float32)
    pixels[0, 0] = np.nan
    chosen = automatic(pixels, MONOCHROME2)
    assert isinstance(chosen, Window)
    assert np.isfinite([chosen.centre, chosen.width]).all()


def test_rendering_is_quick() -> None:
    """3000 x 3000 uint16 took 10 ms on one core; the limit leaves room for a busy machine."""
    pixels = np.tile(radiograph_pixels(300, 300, bits=14), (10, 10))
    window = Window(8000, 12000)
    times = []
    for _ in range(7):
        started = time.perf_counter()
        render(pixels, MONOCHROME1, window)
        times.append(time.perf_counter() - started)
    assert min(times) < 0.1
