"""Decoded pixels against readers that share no code with ours: dcmtk's tools, Pillow, pylibjpeg-openjpeg.

Over every real file; 0 difference where the compression is lossless, at most 1 where it is lossy.
"""

import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openjpeg
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom import uid
from pydicom.encaps import get_frame

from cxr_viewer.core.studies import Instance
from cxr_viewer.dicom import headers, pixels
from cxr_viewer.dicom.catalogue import find_files, read_header
from cxr_viewer.dicom.content import Content
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.dicom.raster import decode as decode_raster
from cxr_viewer.dicom.stored_pixels import PixelLayout, decode_frame, layout_of
from cxr_viewer.dicom.windowing import presentation
from tests import real_data

JPEG_LOSSLESS = {uid.JPEGLossless, uid.JPEGLosslessSV1}
NATIVE = {
    uid.ImplicitVRLittleEndian,
    uid.ExplicitVRLittleEndian,
    uid.ExplicitVRBigEndian,
    uid.DeflatedExplicitVRLittleEndian,
}


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} of dcmtk is not installed")
    return found


def grey_images(*syntaxes: str) -> Iterator[tuple[Path, NDArray[np.int64], PixelLayout]]:
    """Yield every real grey DICOM image of some transfer syntaxes with its stored values as we decode them."""
    roots = [real_data.folder(name) for name in ("dicom", "nasty", "dicomdir_cd")]
    for path in find_files(roots):
        found = read_header(path)
        if not isinstance(found, Instance) or not found.is_dicom or found.transfer_syntax_uid not in syntaxes:
            continue
        header = headers.read(path)
        layout = layout_of(header)
        if layout.samples != 1 or layout.photometric == "PALETTE COLOR" or layout.allocated not in (8, 16):
            continue
        if layout.keyword != "PixelData":
            continue
        try:
            values, _ = decode_frame(header)
        except DicomReadError:
            continue
        yield path, values.astype(np.int64), layout


def masked(words: NDArray[np.generic], layout: PixelLayout) -> NDArray[np.int64]:
    """Interpret raw words as PS3.5 8.1.1 says."""
    kept = (words.astype(np.int64) >> (layout.high_bit + 1 - layout.stored)) & ((1 << layout.stored) - 1)
    negative = layout.signed & (kept >= 1 << (layout.stored - 1))
    return np.where(negative, kept - (1 << layout.stored), kept)


def through_dcmtk(path: Path, layout: PixelLayout, folder: Path, decoder: str) -> NDArray[np.int64]:
    """Decompress with a tool of dcmtk and let dcmdump write the raw pixel words."""
    plain = folder / "plain.dcm"
    subprocess.run([tool(decoder), "-q", "+te", path, plain], check=True, capture_output=True, timeout=120)
    for old in folder.glob("plain.dcm.*.raw"):
        old.unlink()
    subprocess.run([tool("dcmdump"), "-q", "+W", folder, plain], check=True, capture_output=True, timeout=120)
    # Icons and other nested pixels are written too.
    raw = max(folder.glob("plain.dcm.*.raw"), key=lambda written: written.stat().st_size).read_bytes()
    words = np.frombuffer(raw, "<u2" if layout.allocated == 16 else np.uint8, layout.rows * layout.columns)
    values = words.astype(np.int64) if decoder == "dcmdjpeg" and not layout.signed else masked(words, layout)
    return values.reshape(layout.rows, layout.columns)


def largest_difference(ours: NDArray[np.int64], theirs: NDArray[np.generic]) -> int:
    assert ours.shape == theirs.shape
    return int(np.abs(ours - theirs.astype(np.int64)).max())


@pytest.mark.parametrize(
    ("decoder", "syntaxes", "allowed", "least"),
    [
        ("dcmconv", NATIVE, 0, 40),
        ("dcmdjpeg", JPEG_LOSSLESS, 0, 8),
        ("dcmdjpls", {uid.JPEGLSLossless}, 0, 2),
        ("dcmdjpls", {uid.JPEGLSNearLossless}, 0, 3),
        ("dcmdrle", {uid.RLELossless}, 0, 3),
        ("dcmdjpeg", {uid.JPEGBaseline8Bit}, 1, 30),
        ("dcmdjpeg", {uid.JPEGExtended12Bit}, 1, 1),
    ],
)
def test_stored_values_equal_dcmtks(tmp_path: Path, decoder: str, syntaxes: set[str], allowed: int, least: int) -> None:
    compared = 0
    worse: dict[str, int] = {}
    refused: list[str] = []
    for path, ours, layout in grey_images(*syntaxes):
        try:
            theirs = through_dcmtk(path, layout, tmp_path, decoder)
        except subprocess.CalledProcessError:
            refused.append(path.name)
            continue
        compared += 1
        if layout.stored < layout.allocated and allowed:
            # dcmtk does not clip what a lossy decoder overshoots.
            theirs = np.minimum(theirs, (1 << layout.stored) - 1)
        difference = largest_difference(ours, theirs)
        if difference > allowed:
            worse[path.name] = difference
    assert worse == {}
    assert compared >= least, f"only {compared} compared, dcmtk refused {refused}"


@pytest.mark.parametrize("reader", ["openjpeg", "Pillow"])
@pytest.mark.parametrize(("syntax", "allowed"), [(uid.JPEG2000Lossless, 0), (uid.JPEG2000, 1)])
def test_jpeg_2000_equals_other_readers(reader: str, syntax: str, allowed: int) -> None:
    compared = 0
    worse: dict[str, int] = {}
    for path, ours, layout in grey_images(syntax):
        header = headers.read(path)
        frame = get_frame(header.read_pixel_bytes(path.stat().st_size), 0, number_of_frames=layout.frames)
        parameters = openjpeg.get_parameters(frame)
        if reader == "Pillow" and parameters["is_signed"]:
            continue  # Pillow shifts signed values to unsigned ones.
        try:
            theirs = np.asarray(
                openjpeg.decode(frame) if reader == "openjpeg" else Image.open(io.BytesIO(frame)), dtype=np.int64
            )
        except (RuntimeError, OSError):
            # The one stream that only we mend.
            assert "badCOM" in path.name
            continue
        if reader == "Pillow" and parameters["precision"] > 8:
            theirs = theirs >> (16 - parameters["precision"])  # Pillow widens every depth to 16 bits.
        compared += 1
        difference = largest_difference(ours, masked(theirs & 0xFFFF, layout))
        if difference > allowed:
            worse[path.name] = difference
    assert worse == {}
    assert compared >= 1


def test_a_mended_stream_equals_its_repaired_twin() -> None:
    folder = real_data.folder("dicom/pylibjpeg-data")
    bad = pixels.decode(folder / "966_canon_dx_pa_badCOM.dcm")
    fixed = pixels.decode(folder / "966_canon_dx_pa_fixed.dcm")
    np.testing.assert_array_equal(bad.pixels, fixed.pixels)
    assert bad.key == fixed.key


def test_one_radiograph_in_seven_syntaxes_is_one_instance() -> None:
    keys = {pixels.decode(path).key for path in find_files([real_data.folder("dicom/transcoded")])}
    assert len(keys) == 1


def test_raster_images_equal_pillows() -> None:
    compared = 0
    for path in find_files([real_data.folder("images")]):
        with Image.open(path) as image:
            grey = image.convert("RGB")
            kind = Content.PNG if image.format == "PNG" else Content.JPEG
        ours = decode_raster(path, kind)
        theirs = np.asarray(grey, dtype=np.int64)
        ours = ours if ours.ndim == 3 else np.stack([ours] * 3, axis=-1)
        assert np.abs(ours.astype(np.int64) - theirs).max() <= (0 if kind is Content.PNG else 1), path.name
        compared += 1
    assert compared > 100


def test_the_monochrome1_twin_looks_like_its_monochrome2_original() -> None:
    folder = real_data.folder("dicom/display")
    one = pixels.decode(folder / "lat_mono1_twin.dcm")
    two = pixels.decode(folder / "lat_multiwindow.dcm")
    assert one.header.shows_minimum_white
    assert not two.header.shows_minimum_white
    # The centre of the twin was mirrored as 16383 - c; LINEAR windows (PS3.3 C.11.2.1.2) mirror at 16384 - c.
    difference = presentation(one).astype(int) - presentation(two)
    assert np.abs(difference).max() <= 1


def test_a_relabelled_file_is_shown_as_its_label_says() -> None:
    folder = real_data.folder("dicom/torchxrayvision")
    fake = pixels.decode(folder / "Fake_MONO1_relabelled.dcm")
    real = pixels.decode(folder / "rsna_siim_16d7f894_mono2.dcm")
    np.testing.assert_array_equal(fake.pixels, real.pixels)
    assert fake.key != real.key
    difference = 255 - presentation(fake).astype(int) - presentation(real)
    assert np.abs(difference).max() <= 1
