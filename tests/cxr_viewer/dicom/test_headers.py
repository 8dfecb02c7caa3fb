"""Reading up to the pixels: bounded memory and time on hostile headers."""

import struct
import sys
import time
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian

from cxr_viewer.core.studies import Instance, UnreadableFile
from cxr_viewer.dicom import headers, pixels
from cxr_viewer.dicom.catalogue import read_header
from cxr_viewer.dicom.errors import DicomReadError
from tests.cxr_viewer.dicom.dicom_files import radiograph, radiograph_pixels, save, write_dicom

PIXELS = radiograph_pixels(200, 220)


def with_elements(path: Path, extra: bytes) -> Path:
    """Put raw elements right behind the file meta information."""
    data = path.read_bytes()
    length = struct.unpack("<L", data[140:144])[0]
    path.write_bytes(data[: 144 + length] + extra + data[144 + length :])
    return path


def test_the_place_of_the_pixels_is_found_without_reading_them(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "a.dcm", PIXELS)
    header = headers.read(path)
    assert header.pixel is not None
    assert header.available_pixel_bytes == PIXELS.nbytes
    assert header.read_pixel_bytes(PIXELS.nbytes) == PIXELS.tobytes()
    assert header.read_pixel_bytes(10) == PIXELS.tobytes()[:10]


def test_a_header_larger_than_the_first_read_is_read_whole(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "a.dcm", PIXELS, ImageComments="x" * 10)
    block = b"\x08\0\x01\0OB\0\0" + struct.pack("<L", 2 * headers.FIRST_READ) + bytes(2 * headers.FIRST_READ)
    found = read_header(with_elements(path, block))
    assert isinstance(found, Instance)
    np.testing.assert_array_equal(pixels.decode(path).pixels, PIXELS)


def test_a_length_beyond_the_file_takes_no_memory(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "a.dcm", PIXELS)
    with_elements(path, b"\x08\0\x01\0OB\0\0\xf0\xff\xff\x7f")
    tracemalloc.start()
    found = read_header(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(found, UnreadableFile)
    assert "cut off" in found.reason
    assert peak < 20 * 1024**2


def test_sequences_nested_a_thousand_deep_are_refused_quickly(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "a.dcm", PIXELS)
    nested = (b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff") * 3000
    started = time.perf_counter()
    found = read_header(with_elements(path, nested))
    assert isinstance(found, UnreadableFile)
    assert time.perf_counter() - started < 5


def deflated_bomb(path: Path, size: int) -> Path:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = compressor.compress(b"\x08\0\x01\0OB\0\0" + struct.pack("<L", size) + bytes(size)) + compressor.flush()
    plain = save(path, radiograph(PIXELS), DeflatedExplicitVRLittleEndian).read_bytes()
    length = struct.unpack("<L", plain[140:144])[0]
    path.write_bytes(plain[: 144 + length] + body)
    return path


def test_a_deflate_bomb_is_refused(tmp_path: Path) -> None:
    path = deflated_bomb(tmp_path / "a.dcm", 2 * headers.LARGEST_INFLATED)
    assert path.stat().st_size < headers.LARGEST_INFLATED / 500
    before = peak_memory()
    found = read_header(path)
    assert isinstance(found, UnreadableFile)
    assert "grows beyond" in found.reason
    assert peak_memory() - before < 3 * headers.LARGEST_INFLATED


def peak_memory() -> int:
    """Bytes that this process has had at most; 0 where nobody says."""
    if sys.platform != "linux":
        return 0
    import resource

    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_damaged_deflate_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.dcm", radiograph(PIXELS), DeflatedExplicitVRLittleEndian)
    data = bytearray(path.read_bytes())
    data[400:500] = b"\xff" * 100
    path.write_bytes(data)
    assert isinstance(read_header(path), UnreadableFile)


def test_a_declared_syntax_that_is_not_the_real_one_does_not_matter(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "a.dcm", PIXELS)
    # Declares big endian and implicit VR, the bytes are explicit little endian.
    for lie in (b"1.2.840.10008.1.2.2", b"1.2.840.10008.1.2\0\0"):
        twin = tmp_path / "lie.dcm"
        twin.write_bytes(path.read_bytes().replace(b"1.2.840.10008.1.2.1", lie))
        np.testing.assert_array_equal(pixels.decode(twin).pixels, PIXELS)


@pytest.mark.parametrize("seed", range(40))
def test_flipped_bits_are_survived(tmp_path: Path, seed: int) -> None:
    generator = np.random.default_rng(seed)
    path = write_dicom(tmp_path / "a.dcm", radiograph_pixels(30, 30))
    data = np.frombuffer(path.read_bytes(), np.uint8).copy()
    places = generator.integers(128, 1100, 12)
    data[places] ^= generator.integers(1, 256, 12).astype(np.uint8)
    path.write_bytes(data.tobytes())
    found = read_header(path)
    try:
        decoded = pixels.decode(path)
    except DicomReadError:
        return
    if isinstance(found, Instance):
        assert decoded.pixels.shape == (found.rows, found.columns)
