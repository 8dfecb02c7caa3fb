"""The modality LUT, against pydicom where it is defined and by hand where pydicom gives up."""

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut
from pydicom.sequence import Sequence

from cxr_viewer.dicom.modality_lut import compact, modality_lut, read_table


def rescale(slope: object, intercept: object) -> Dataset:
    dataset = Dataset()
    if slope is not None:
        dataset.RescaleSlope = slope
    if intercept is not None:
        dataset.RescaleIntercept = intercept
    return dataset


def lut_item(first: int, entries: list[int], bits: int = 16, vr: str = "US") -> Dataset:
    item = Dataset()
    item.add_new(0x00283002, vr, [len(entries) % 65536, first, bits])
    item.add_new(0x00283006, "US", entries)
    return item


@pytest.mark.parametrize(("slope", "intercept"), [(1, 0), (2, -1024), (-1, 4095), (0.5, 3.25), (1e-8, 0)])
def test_rescale_equals_pydicoms(slope: float, intercept: float) -> None:
    dataset = rescale(slope, intercept)
    values = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    ours = np.asarray(modality_lut(dataset, False).apply(values), dtype=np.float64)
    np.testing.assert_allclose(ours, apply_modality_lut(values, dataset))


def test_a_table_equals_pydicoms_inside_and_outside_its_range() -> None:
    dataset = Dataset()
    dataset.ModalityLUTSequence = Sequence([lut_item(100, list(range(0, 3000, 3)))])
    values = np.arange(2000, dtype=np.uint16).reshape(40, 50)
    np.testing.assert_array_equal(modality_lut(dataset, False).apply(values), apply_modality_lut(values, dataset))


def test_a_table_wins_over_a_rescale_beside_it() -> None:
    dataset = rescale(5, 5)
    dataset.ModalityLUTSequence = Sequence([lut_item(0, [10, 20, 30])])
    np.testing.assert_array_equal(modality_lut(dataset, False).apply(np.asarray([[0, 2, 9]])), [[10, 30, 30]])


@pytest.mark.parametrize(
    ("slope", "intercept", "expected"), [(0, 0, 7), (None, 100, 107), (2, None, 14), (0, -7, 0), (None, None, 7)]
)
def test_a_missing_slope_or_one_of_zero_means_one(slope: float | None, intercept: float | None, expected: int) -> None:
    lut = modality_lut(rescale(slope, intercept), False)
    assert int(lut.apply(np.asarray([[7]], dtype=np.uint16))[0, 0]) == expected


def test_the_first_value_of_a_table_is_signed_with_the_pixels() -> None:
    item = lut_item(65536 - 2048, [5, 6, 7])
    table = read_table(item, signed=True)
    assert table is not None
    assert table.first == -2048
    assert list(table.apply(np.asarray([-3000, -2048, -2047, 5]))) == [5, 5, 6, 7]


def test_a_table_states_more_or_fewer_bits_than_it_has() -> None:
    low = read_table(lut_item(0, [0, 4095], bits=8), signed=False)
    assert low is not None
    assert low.bits == 12


def test_entries_of_one_byte_are_told_from_entries_of_two() -> None:
    item = Dataset()
    item.add_new(0x00283002, "US", [4, 0, 8])
    item.add_new(0x00283006, "OW", bytes([1, 2, 3, 255]))
    table = read_table(item, signed=False)
    assert table is not None
    assert list(table.entries) == [1, 2, 3, 255]


def test_unusable_tables_are_none() -> None:
    assert read_table(Dataset(), signed=False) is None
    empty = Dataset()
    empty.add_new(0x00283002, "US", [4, 0, 8])
    assert read_table(empty, signed=False) is None


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([0, 65535], np.uint16),
        ([-1, 32767], np.int16),
        ([-1, 40000], np.int32),
        ([0, 70000], np.int32),
        ([0, 2**40], np.float32),
    ],
)
def test_pixels_take_the_smallest_type_that_holds_them(values: list[int], dtype: type[np.generic]) -> None:
    found = compact(np.asarray([values], dtype=np.int64))
    assert found.dtype == dtype
    np.testing.assert_allclose(np.asarray(found, dtype=np.float64), [values])
