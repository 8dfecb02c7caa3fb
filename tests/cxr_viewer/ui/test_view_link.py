"""Two images side by side show the same part at the same scale."""

import numpy as np
import pytest

from cxr_viewer.ui import view_link
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.view_link import Stand
from tests.cxr_viewer.ui.readings import KEY, displayed


def _image(rows: int, columns: int, **header: object) -> DisplayedImage:
    return displayed(np.zeros((rows, columns), np.uint16), KEY, **header)


def test_a_millimetre_gets_as_many_view_pixels_on_both_where_both_tell_it() -> None:
    coarse = _image(400, 400, spacing_mm=(0.4, 0.4), spacing_basis="at detector")
    fine = _image(1000, 800, spacing_mm=(0.1, 0.2), spacing_basis="at detector")
    stand = view_link.followed(Stand(2.0, (250.0, 100.0)), coarse, 1.0, fine, 7.0)
    # 50 columns of 0.4 mm right of the middle are 100 of 0.2 mm; 100 rows of 0.4 mm above it are 400 of 0.1 mm.
    assert stand.centre == pytest.approx((500.0, 100.0))
    assert stand.zoom / 0.2 == pytest.approx(2.0 / 0.4)


def test_there_and_back_is_where_it_began() -> None:
    one = _image(400, 400, spacing_mm=(0.4, 0.4), spacing_basis="at detector")
    other = _image(1000, 800, spacing_mm=(0.1, 0.2), spacing_basis="at detector")
    begun = Stand(1.3, (17.0, 390.0))
    there = view_link.followed(begun, one, 0.9, other, 0.4)
    back = view_link.followed(there, other, 0.4, one, 0.9)
    assert back.zoom == pytest.approx(begun.zoom)
    assert back.centre == pytest.approx(begun.centre)


@pytest.mark.parametrize(
    "header", [{}, {"spacing_mm": (0.2, 0.2), "spacing_basis": "calibrated"}], ids=["no spacing", "another basis"]
)
def test_without_a_common_millimetre_the_share_of_the_image_counts(header: dict[str, object]) -> None:
    one = _image(400, 400, spacing_mm=(0.4, 0.4), spacing_basis="at detector")
    other = _image(1000, 800, **header)
    assert not view_link.share_a_scale(one, other)
    stand = view_link.followed(Stand(4.0, (100.0, 300.0)), one, 2.0, other, 0.5)
    assert stand == Stand(1.0, (200.0, 750.0))
