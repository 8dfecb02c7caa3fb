"""What a file holds, told from its first bytes."""

import random
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cxr_viewer.dicom.content import Content, claims_to_be_an_image, recognise

IMPLICIT = struct.pack("<HHL", 8, 0, 4) + b"\1\0\0\0" + struct.pack("<HHL", 8, 8, 8) + b"ORIGINAL"
EXPLICIT = b"\x08\0\x05\0CS\x0a\0ISO_IR 100" + b"\x08\0\x16\0UI\x02\x001\0"
BIG_ENDIAN = b"\0\x08\0\x05CS\0\x0aISO_IR 100" + b"\0\x08\0\x16UI\0\x021\0"


@pytest.mark.parametrize("head", [IMPLICIT, EXPLICIT, BIG_ENDIAN, b"\x02\0\x02\0UI\x02\x001\0" + EXPLICIT])
def test_data_sets_without_a_preamble_are_recognised(head: bytes) -> None:
    assert recognise(head) is Content.HEADLESS_DICOM


def test_a_preamble_makes_a_dicom_file_even_when_it_holds_another_header() -> None:
    assert recognise(b"\0" * 128 + b"DICM") is Content.DICOM
    assert recognise(b"MZ" + b"\0" * 126 + b"DICM") is Content.DICOM
    assert recognise(b"II*\0" + b"\0" * 124 + b"DICM") is Content.DICOM


@pytest.mark.parametrize(
    ("head", "content"),
    [
        (b"", Content.EMPTY),
        (b"<!DOCTYPE html><html>", Content.HTML),
        (b"\n  <HTML>", Content.HTML),
        (b"<?xml version='1.0'?>", Content.XML),
        (b"%PDF-1.7", Content.PDF),
        (b"PK\x03\x04", Content.ZIP),
        (b"Dear colleague,\r\n", Content.TEXT),
        ("Befund: unauffällig".encode(), Content.TEXT),
        (b"patientId,x,y\n", Content.TEXT),
        (b"\x7fELF", Content.EXECUTABLE),
        (b"\x00\x01\x02\x03\x04\x05", Content.UNKNOWN),
    ],
)
def test_what_is_no_image_is_named(head: bytes, content: Content) -> None:
    assert recognise(head) is content


@pytest.mark.parametrize(("kind", "content"), [("PNG", Content.PNG), ("JPEG", Content.JPEG), ("TIFF", Content.TIFF)])
def test_raster_images_are_recognised_by_content(tmp_path: Path, kind: str, content: Content) -> None:
    path = tmp_path / "image.dat"
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(path, kind)
    assert recognise(path.read_bytes()) is content


def test_random_bytes_are_never_taken_for_dicom() -> None:
    generator = random.Random(5)
    for _ in range(20_000):
        assert recognise(generator.randbytes(64)) not in (Content.DICOM, Content.HEADLESS_DICOM)


def test_only_the_suffix_promises_an_image() -> None:
    assert claims_to_be_an_image(Path("a.DCM"))
    assert claims_to_be_an_image(Path("a.tiff"))
    assert not claims_to_be_an_image(Path("IM000001"))
    assert not claims_to_be_an_image(Path("index.html"))
