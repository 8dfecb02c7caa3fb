"""Decoding: every transfer syntax at every depth, bits that are no pixels, claims that lie, identity."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import uid
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from rle.utils import encode_pixel_data

from cxr_viewer.dicom import pixels
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.dicom.windowing import presentation
from tests.cxr_viewer.dicom.dicom_files import radiograph, radiograph_pixels, save, write_dicom

Encoder = Callable[[NDArray[np.generic], int], bytes]


def rle(values: NDArray[np.generic], bits: int) -> bytes:
    return bytes(
        encode_pixel_data(
            values.tobytes(),
            rows=values.shape[0],
            columns=values.shape[1],
            samples_per_pixel=1,
            bits_allocated=8 * values.dtype.itemsize,
            byteorder="<",
        )
    )


def jpeg_lossless(predictor: int) -> Encoder:
    def encode(values: NDArray[np.generic], bits: int) -> bytes:
        return bytes(imagecodecs.jpeg8_encode(values, lossless=True, predictor=predictor, bitspersample=bits))

    return encode


def jpeg_ls(values: NDArray[np.generic], bits: int) -> bytes:
    return bytes(imagecodecs.jpegls_encode(values))


def jpeg_2000(values: NDArray[np.generic], bits: int) -> bytes:
    return bytes(imagecodecs.jpeg2k_encode(values, level=0, reversible=True, codecformat="j2k", bitspersample=bits))


def htj2k(values: NDArray[np.generic], bits: int) -> bytes:
    return bytes(imagecodecs.htj2k_encode(values, reversible=True))


COMPRESSED: list[tuple[str, Encoder]] = [
    (uid.RLELossless, rle),
    (uid.JPEGLossless, jpeg_lossless(6)),
    (uid.JPEGLosslessSV1, jpeg_lossless(1)),
    (uid.JPEGLSLossless, jpeg_ls),
    (uid.JPEGLSNearLossless, jpeg_ls),
    (uid.JPEG2000Lossless, jpeg_2000),
    (uid.JPEG2000, jpeg_2000),
    (uid.HTJ2KLossless, htj2k),
    (uid.HTJ2KLosslessRPCL, htj2k),
    (uid.HTJ2K, htj2k),
]
NATIVE = [uid.ImplicitVRLittleEndian, uid.ExplicitVRLittleEndian, uid.DeflatedExplicitVRLittleEndian]


def stored(bits: int, signed: bool) -> NDArray[np.generic]:
    """Return an image that uses every bit; 8 bits are stored in one byte."""
    values = radiograph_pixels(37, 41, bits)
    if signed:
        return (values.astype(np.int32) - (1 << (bits - 1))).astype(np.int8 if bits == 8 else np.int16)
    return values.astype(np.uint8 if bits == 8 else np.uint16)


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("syntax", NATIVE)
def test_uncompressed_values_come_back(tmp_path: Path, syntax: str, bits: int, signed: bool) -> None:
    values = stored(bits, signed)
    dataset = radiograph(values, bits)
    dataset.set_original_encoding(syntax == uid.ImplicitVRLittleEndian, True)
    np.testing.assert_array_equal(pixels.decode(save(tmp_path / "a.dcm", dataset, syntax)).pixels, values)


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_big_endian_values_come_back(tmp_path: Path, bits: int, signed: bool) -> None:
    values = stored(bits, signed)
    dataset = radiograph(values, bits)
    dataset.PixelData = values.astype(values.dtype.newbyteorder(">")).tobytes() + b"\0" * (values.nbytes % 2)
    dataset["PixelData"].VR = "OB" if bits == 8 else "OW"
    path = save(tmp_path / "a.dcm", dataset, uid.ExplicitVRBigEndian)
    np.testing.assert_array_equal(pixels.decode(path).pixels, values)


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize(("syntax", "encode"), COMPRESSED)
def test_compressed_values_come_back(tmp_path: Path, syntax: str, encode: Encoder, bits: int) -> None:
    values = stored(bits, False)
    path = save(tmp_path / "a.dcm", radiograph(values, bits), syntax, encode(values, bits))
    decoded = pixels.decode(path)
    np.testing.assert_array_equal(decoded.pixels, values)
    assert decoded.key == pixels.decode(write_dicom(tmp_path / "b.dcm", values, bits)).key


@pytest.mark.parametrize("bits", [12, 16])
@pytest.mark.parametrize(
    ("syntax", "encode"), [item for item in COMPRESSED if item[0] in (uid.RLELossless, *uid.JPEGLSTransferSyntaxes)]
)
def test_signed_values_that_the_codestream_holds_as_unsigned_get_their_sign(
    tmp_path: Path, syntax: str, encode: Encoder, bits: int
) -> None:
    values = stored(bits, True)
    raw = (values.astype(np.int32) & ((1 << bits) - 1)).astype(np.uint16)
    path = save(tmp_path / "a.dcm", radiograph(values, bits), syntax, encode(raw, bits))
    np.testing.assert_array_equal(pixels.decode(path).pixels, values)


def test_jpeg_baseline_is_decoded(tmp_path: Path) -> None:
    values = np.tile(np.arange(256, dtype=np.uint8), (64, 1))
    encoded = bytes(imagecodecs.jpeg8_encode(values, level=95))
    decoded = pixels.decode(save(tmp_path / "a.dcm", radiograph(values, 8), uid.JPEGBaseline8Bit, encoded))
    assert np.abs(decoded.pixels.astype(int) - values).max() <= 3
    assert decoded.header.is_lossy


def test_lossy_overshoot_is_clipped_and_does_not_wrap_to_black(tmp_path: Path) -> None:
    values = np.full((64, 64), 1023, np.uint16)
    values[::2, ::2] = 0
    encoded = bytes(imagecodecs.jpeg8_encode(values, level=50, bitspersample=12))
    dataset = radiograph(values, 10)
    decoded = pixels.decode(save(tmp_path / "a.dcm", dataset, uid.JPEGExtended12Bit, encoded))
    assert int(imagecodecs.jpeg8_decode(encoded).max()) > 1023
    assert int(decoded.pixels.max()) == 1023
    assert decoded.pixels[1::2, 1::2].min() > 500


def test_bits_beyond_those_stored_are_no_pixels(tmp_path: Path) -> None:
    values = radiograph_pixels(37, 41, 12)
    dirty = values | np.uint16(0xA000)
    clean = pixels.decode(write_dicom(tmp_path / "clean.dcm", values, 12))
    soiled = pixels.decode(write_dicom(tmp_path / "dirty.dcm", dirty, 12))
    np.testing.assert_array_equal(soiled.pixels, values)
    assert soiled.key == clean.key
    shifted = write_dicom(tmp_path / "high.dcm", (values << 4).astype(np.uint16), 12, HighBit=15)
    np.testing.assert_array_equal(pixels.decode(shifted).pixels, values)


def test_the_first_frame_of_several_is_decoded_and_others_on_request(tmp_path: Path) -> None:
    frames = np.stack([radiograph_pixels(20, 30, seed=seed) for seed in (1, 2, 3)])
    dataset = radiograph(frames[0])
    dataset.NumberOfFrames = 3
    dataset.PixelData = frames.tobytes()
    path = save(tmp_path / "native.dcm", dataset)
    np.testing.assert_array_equal(pixels.decode(path).pixels, frames[0])
    np.testing.assert_array_equal(pixels.decode(path, 3).pixels, frames[2])
    with pytest.raises(DicomReadError, match="no frame 4"):
        pixels.decode(path, 4)

    dataset.PixelData = encapsulate([jpeg_ls(frame, 12) for frame in frames])
    dataset["PixelData"].VR = "OB"
    packed = save(tmp_path / "packed.dcm", dataset, uid.JPEGLSLossless)
    np.testing.assert_array_equal(pixels.decode(packed).pixels, frames[0])
    np.testing.assert_array_equal(pixels.decode(packed, 2).pixels, frames[1])


def test_rows_and_columns_are_never_exchanged(tmp_path: Path) -> None:
    assert pixels.decode(write_dicom(tmp_path / "a.dcm", radiograph_pixels(10, 30))).pixels.shape == (10, 30)


@dataclass(frozen=True)
class Lie:
    """A change to a valid data set and what the reason must say."""

    reason: str
    change: Callable[[Dataset], object]


def claim_65535_squared(dataset: Dataset) -> None:
    dataset.Rows = dataset.Columns = 65535


LIES = {
    "too many pixels": Lie("more than any radiograph", claim_65535_squared),
    "no rows": Lie("no Rows", lambda ds: ds.pop("Rows")),
    "zero rows": Lie("30 x 0 pixels", lambda ds: setattr(ds, "Rows", 0)),
    "no pixels": Lie("no pixel data", lambda ds: ds.pop("PixelData")),
    "empty pixels": Lie("pixel data are empty", lambda ds: setattr(ds, "PixelData", b"")),
    "cut": Lie("cut off: 100 of 1200 bytes", lambda ds: setattr(ds, "PixelData", ds.PixelData[:100])),
    "larger than the data": Lie("cut off", lambda ds: setattr(ds, "Rows", 2000)),
    "twelve bits allocated": Lie("12 bits per stored value", lambda ds: setattr(ds, "BitsAllocated", 12)),
    "more bits than allocated": Lie("20 of 16 bits", lambda ds: setattr(ds, "BitsStored", 20)),
    "seven samples": Lie("7 samples per pixel", lambda ds: setattr(ds, "SamplesPerPixel", 7)),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lying_header_is_refused_in_words(tmp_path: Path, name: str) -> None:
    dataset = radiograph(radiograph_pixels(20, 30))
    LIES[name].change(dataset)
    with pytest.raises(DicomReadError, match=LIES[name].reason):
        pixels.decode(save(tmp_path / "a.dcm", dataset))


@pytest.mark.parametrize(("syntax", "encode"), COMPRESSED[1:])
def test_a_codestream_of_another_size_is_refused_before_it_is_decoded(
    tmp_path: Path, syntax: str, encode: Encoder
) -> None:
    encoded = encode(stored(12, False), 12)
    dataset = radiograph(radiograph_pixels(20, 30))
    with pytest.raises(DicomReadError, match=r"30 x 20 pixels .* hold 41 x 37"):
        pixels.decode(save(tmp_path / "a.dcm", dataset, syntax, encoded))


@pytest.mark.parametrize(("syntax", "encode"), COMPRESSED)
@pytest.mark.parametrize("damage", ["zeros", "half", "noise"])
def test_damaged_codestreams_are_refused_or_shown_but_never_crash(
    tmp_path: Path, syntax: str, encode: Encoder, damage: str
) -> None:
    encoded = encode(stored(12, False), 12)
    noise = np.random.default_rng(1).integers(0, 256, len(encoded)).astype(np.uint8).tobytes()
    broken = {"zeros": b"\0\0", "half": encoded[: len(encoded) // 2], "noise": encoded[:20] + noise}
    path = save(tmp_path / "a.dcm", radiograph(stored(12, False)), syntax, broken[damage])
    try:
        shape = pixels.decode(path).pixels.shape
    except DicomReadError:
        return
    # Some decoders show what they have of a cut image.
    assert damage in ("half", "noise")
    assert shape == (37, 41)


def test_an_unknown_transfer_syntax_is_named(tmp_path: Path) -> None:
    path = save(tmp_path / "a.dcm", radiograph(stored(12, False)), uid.MPEG2MPML, b"\0\0")
    with pytest.raises(DicomReadError, match=r"1\.2\.840\.10008\.1\.2\.4\.100 \(MPEG2"):
        pixels.decode(path)


def test_a_j2k_stream_padded_behind_its_tiles_is_mended(tmp_path: Path) -> None:
    values = stored(12, False)
    encoded = jpeg_2000(values, 12)
    padded = encoded[:-2] + b"\xff\x64\x00\x0b\x00\x01PADDING" + b"\xff\xd9"
    path = save(tmp_path / "a.dcm", radiograph(values), uid.JPEG2000Lossless, padded)
    np.testing.assert_array_equal(pixels.decode(path).pixels, values)


def test_the_key_depends_on_pixels_size_and_photometric_and_on_nothing_else(tmp_path: Path) -> None:
    values = radiograph_pixels(20, 30)
    key = pixels.instance_key(values, "MONOCHROME2")
    assert len(key) == 64
    assert pixels.instance_key(values.astype(np.int64), "MONOCHROME2") == key
    assert pixels.instance_key(values, "MONOCHROME1") != key
    assert pixels.instance_key(values.reshape(30, 20), "MONOCHROME2") != key
    assert pixels.instance_key(values ^ np.uint16(1), "MONOCHROME2") != key
    assert pixels.instance_key(np.asarray([[-1]]), "M") != pixels.instance_key(np.asarray([[65535]]), "M")
    renamed = write_dicom(tmp_path / "a.dcm", values, PatientName="Other^Name", RescaleSlope=2, RescaleIntercept=1)
    assert pixels.decode(renamed).key == key


def test_rescaled_pixels_stay_integers_where_they_can(tmp_path: Path) -> None:
    values = radiograph_pixels(20, 30)
    whole = pixels.decode(write_dicom(tmp_path / "a.dcm", values, RescaleSlope=1, RescaleIntercept=-1024)).pixels
    assert whole.dtype == np.int16
    np.testing.assert_array_equal(whole, values.astype(int) - 1024)
    half = pixels.decode(write_dicom(tmp_path / "b.dcm", values, RescaleSlope=0.5, RescaleIntercept=0)).pixels
    assert half.dtype == np.float32


@pytest.mark.parametrize(
    ("elements", "signed", "expected"),
    [
        ({"PixelPaddingValue": 4095}, False, (4095, 4095)),
        ({"PixelPaddingValue": 4000, "PixelPaddingRangeLimit": 4095}, False, (4000, 4095)),
        ({"PixelPaddingValue": 10, "RescaleSlope": -2, "RescaleIntercept": 100}, False, (80, 80)),
        ({"PixelPaddingValue": -2000}, True, (-2000, -2000)),
        ({}, False, None),
    ],
)
def test_padding_is_given_in_modality_units(
    tmp_path: Path, elements: dict[str, Any], signed: bool, expected: tuple[float, float] | None
) -> None:
    path = save(tmp_path / "a.dcm", radiograph(stored(12, signed), 12, **elements))
    assert pixels.decode(path).header.padding == expected


def test_padding_stored_with_the_wrong_sign_is_understood(tmp_path: Path) -> None:
    dataset = radiograph(stored(16, True), 16)
    dataset.add_new(0x00280120, "US", 63536)
    assert pixels.decode(save(tmp_path / "a.dcm", dataset)).header.padding == (-2000, -2000)


@pytest.mark.parametrize(
    ("elements", "spacing", "basis"),
    [
        ({}, None, ""),
        ({"ImagerPixelSpacing": [0.2, 0.3]}, (0.2, 0.3), "at detector"),
        ({"PixelSpacing": [0.2, 0.2], "ImagerPixelSpacing": [0.2, 0.2]}, (0.2, 0.2), "at detector"),
        ({"PixelSpacing": [0.1, 0.1], "ImagerPixelSpacing": [0.2, 0.2]}, (0.1, 0.1), "calibrated"),
        ({"PixelSpacing": [0.1, 0.1], "PixelSpacingCalibrationType": "FIDUCIAL"}, (0.1, 0.1), "calibrated by fiducial"),
        ({"PixelSpacing": [0.1, 0.1], "PixelSpacingCalibrationType": "GEOMETRY"}, (0.1, 0.1), "calibrated by geometry"),
        ({"PixelSpacing": [0.1, 0.1], "PixelSpacingCalibrationType": "GUESS"}, (0.1, 0.1), "calibrated"),
        ({"PixelSpacing": [0, 0]}, None, ""),
    ],
)
def test_spacing_says_what_it_is_measured_at(
    tmp_path: Path, elements: dict[str, Any], spacing: tuple[float, float] | None, basis: str
) -> None:
    header = pixels.decode(write_dicom(tmp_path / "a.dcm", radiograph_pixels(10, 10), **elements)).header
    assert (header.spacing_mm, header.spacing_basis) == (spacing, basis)


def test_windows_keep_their_order_and_unusable_ones_are_left_out(tmp_path: Path) -> None:
    path = write_dicom(
        tmp_path / "a.dcm",
        radiograph_pixels(10, 10),
        WindowCenter=[2000, 5, 1000],
        WindowWidth=[4000, 0, 500],
        WindowCenterWidthExplanation=["NORMAL", "BROKEN", "SOFTER"],
        VOILUTFunction="SIGMOID",
    )
    windows = pixels.decode(path).header.windows
    assert [(window.centre, window.explanation) for window in windows] == [(2000, "NORMAL"), (1000, "SOFTER")]
    assert {window.function.value for window in windows} == {"SIGMOID"}


def test_a_monochrome1_twin_looks_the_same(tmp_path: Path) -> None:
    values = radiograph_pixels(50, 60)
    one = write_dicom(tmp_path / "1.dcm", values, WindowCenter=2000, WindowWidth=3000)
    two = write_dicom(
        tmp_path / "2.dcm",
        4095 - values,
        WindowCenter=4095 - 2000 + 1,
        WindowWidth=3000,
        PhotometricInterpretation="MONOCHROME1",
        PresentationLUTShape="INVERSE",
    )
    np.testing.assert_array_equal(presentation(pixels.decode(one)), presentation(pixels.decode(two)))


def test_colour_becomes_luma_and_equal_channels_become_grey(tmp_path: Path) -> None:
    grey = radiograph_pixels(16, 16, 8).astype(np.uint8)
    equal = pixels.decode(write_dicom(tmp_path / "a.dcm", np.stack([grey] * 3, axis=-1), 8))
    assert not equal.header.is_colour
    np.testing.assert_array_equal(equal.pixels, grey)
    assert equal.key == pixels.instance_key(grey, "MONOCHROME2")
    coloured = np.stack([grey, grey, np.zeros_like(grey)], axis=-1)
    found = pixels.decode(write_dicom(tmp_path / "b.dcm", coloured, 8))
    assert found.header.is_colour
    assert found.pixels.shape == (16, 16)


def test_a_voi_lut_sequence_is_read(tmp_path: Path) -> None:
    item = Dataset()
    item.add_new(0x00283002, "US", [4096, 0, 12])
    item.LUTExplanation = "SIGMOID-LIKE"
    item.add_new(0x00283006, "OW", np.arange(4095, -1, -1).astype("<u2").tobytes())
    path = write_dicom(tmp_path / "a.dcm", radiograph_pixels(20, 20), VOILUTSequence=Sequence([item]))
    lut = pixels.decode(path).header.voi_luts[0]
    assert (lut.first, lut.highest, lut.explanation, int(lut.entries[0])) == (0, 4095, "SIGMOID-LIKE", 4095)


def test_what_is_no_image_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    for content, reason in (("<html></html>", "web page"), ("", "empty file"), ("Hello", "text")):
        path.write_text(content)
        with pytest.raises(DicomReadError, match=reason):
            pixels.decode(path)
    with pytest.raises(DicomReadError, match="does not exist"):
        pixels.decode(tmp_path / "missing.dcm")
