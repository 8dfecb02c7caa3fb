"""Thumbnails are small JPEGs of what the detector saw."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from cxr_viewer.scan.thumbnail import THUMBNAIL_SIDE, data_uri


@pytest.mark.parametrize("shape", [(3000, 2000), (1024, 1024), (40, 30), (5, 4000)])
def test_thumbnail_is_small_and_shows_the_image(shape: tuple[int, int]) -> None:
    image = np.tile(np.linspace(20, 220, shape[1]).astype(np.uint8), (shape[0], 1))
    head, _, body = data_uri(image).partition(",")
    assert head == "data:image/jpeg;base64"
    with Image.open(io.BytesIO(base64.b64decode(body))) as small:
        assert small.format == "JPEG"
        assert max(small.size) <= THUMBNAIL_SIDE
        values = np.asarray(small, dtype=float)
    assert values.mean() == pytest.approx(image.mean(), abs=4)
    assert values[:, -1].mean() > values[:, 0].mean() + 150
