"""PNG, JPEG and TIFF against Pillow."""

from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from cxr_viewer.dicom import pixels
from cxr_viewer.dicom.content import Content
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.dicom.raster import decode, read_header
from cxr_viewer.dicom.windowing import presentation
from tests.cxr_viewer.dicom.dicom_files import radiograph_pixels

GREY = radiograph_pixels(40, 30, 8).astype(np.uint8)
DEEP = radiograph_pixels(40, 30, 16)
CONTENT = {"PNG": Content.PNG, "JPEG": Content.JPEG, "TIFF": Content.TIFF}


def saved(folder: Path, image: Image.Image, kind: str, **options: object) -> Path:
    path = folder / f"image.{kind.lower()}"
    image.save(path, kind, **options)
    return path


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("bits", [8, 16])
def test_grey_images_come_back(tmp_path: Path, kind: str, bits: int) -> None:
    values = GREY if bits == 8 else DEEP
    path = saved(tmp_path, Image.fromarray(values), kind)
    decoded = pixels.decode(path)
    np.testing.assert_array_equal(decoded.pixels, values)
    assert (decoded.pixels.dtype.str, decoded.header.photometric) == ("<u2", "MONOCHROME2")
    assert decoded.key == pixels.instance_key(values, "MONOCHROME2")


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_deflate", "packbits"])
def test_compressed_tiff_comes_back(tmp_path: Path, compression: str) -> None:
    path = saved(tmp_path, Image.fromarray(DEEP), "TIFF", compression=compression)
    np.testing.assert_array_equal(decode(path, Content.TIFF), DEEP)


def test_jpeg_equals_pillow(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.fromarray(GREY), "JPEG", quality=90)
    with Image.open(path) as image:
        np.testing.assert_array_equal(decode(path, Content.JPEG), np.asarray(image))
    assert pixels.decode(path).header.is_lossy


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_grey_stored_as_colour_is_grey(tmp_path: Path, kind: str, mode: str) -> None:
    path = saved(tmp_path, Image.fromarray(GREY).convert(mode), kind)
    decoded = pixels.decode(path)
    assert not decoded.header.is_colour
    np.testing.assert_array_equal(decoded.pixels, GREY)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG"])
def test_colour_stays_colour_and_is_shown_as_luma(tmp_path: Path, kind: str) -> None:
    coloured = np.zeros((40, 30, 3), np.uint8)
    coloured[..., 0] = 200
    path = saved(tmp_path, Image.fromarray(coloured), kind)
    decoded = pixels.decode(path)
    assert decoded.header.is_colour
    assert abs(int(decoded.pixels[5, 5]) - round(0.299 * 200)) <= 1


def test_a_palette_is_colour_only_where_it_has_some(tmp_path: Path) -> None:
    for kind in ("PNG", "TIFF"):
        path = saved(tmp_path, Image.fromarray(GREY).convert("P"), kind)
        assert not pixels.decode(path).header.is_colour


def test_white_is_zero_is_monochrome1(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    Image.fromarray(GREY).save(path, "TIFF", tiffinfo={262: 0})
    decoded = pixels.decode(path)
    assert decoded.header.photometric == "MONOCHROME1"
    assert decoded.header.shows_minimum_white


def test_sixteen_bit_colour_channels_that_are_equal_keep_their_depth(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(imagecodecs.png_encode(np.stack([DEEP] * 3, axis=-1)))
    np.testing.assert_array_equal(pixels.decode(path).pixels, DEEP)


def test_one_bit_images_are_read(tmp_path: Path) -> None:
    for kind in ("PNG", "TIFF"):
        path = saved(tmp_path, Image.fromarray(GREY > 128), kind)
        assert set(np.unique(presentation(pixels.decode(path)))) == {0, 255}


def test_the_first_page_of_a_tiff_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    Image.fromarray(GREY).save(path, "TIFF", save_all=True, append_images=[Image.fromarray(255 - GREY)])
    assert read_header(path).frames == 2
    np.testing.assert_array_equal(pixels.decode(path).pixels, GREY)
    with pytest.raises(DicomReadError, match="only the first"):
        pixels.decode(path, 2)


def test_orientation_tags_do_not_turn_the_stored_pixels(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = saved(tmp_path, Image.fromarray(GREY), "JPEG", exif=exif)
    assert pixels.decode(path).pixels.shape == GREY.shape


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_damaged_files_are_refused_in_words(tmp_path: Path, kind: str) -> None:
    path = saved(tmp_path, Image.fromarray(radiograph_pixels(200, 200, 8).astype(np.uint8)), kind)
    whole = path.read_bytes()
    path.write_bytes(whole[:60])
    with pytest.raises(DicomReadError):
        decode(path, CONTENT[kind])
    path.write_bytes(whole[:8] + b"\xff" * (len(whole) - 8))
    with pytest.raises(DicomReadError):
        decode(path, CONTENT[kind])


def test_a_claim_of_a_billion_pixels_is_refused_before_any_memory_is_taken(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.fromarray(GREY), "PNG")
    data = bytearray(path.read_bytes())
    data[16:24] = (60000).to_bytes(4, "big") * 2
    path.write_bytes(data)
    with pytest.raises(DicomReadError, match=r"more (pixels )?than any radiograph has|header is damaged"):
        read_header(path)
