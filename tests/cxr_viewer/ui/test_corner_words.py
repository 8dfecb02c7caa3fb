"""The corners say what the header says, and leave out what it does not."""

import pytest

from cxr_viewer.ui import corner_texts, corner_words
from tests.cxr_viewer.ui.readings import displayed, reading


def test_missing_everything_leaves_file_and_size() -> None:
    bare = reading()
    texts = corner_words.of(bare, bare.image.automatic, 0.5, is_inverted=False)
    assert texts.top_left == ("1111.dcm",)
    assert texts.top_right == ("260 × 300 · 12 bit",)
    assert texts.mm_per_pixel is None
    assert texts.bottom_left[1] == "zoom 0.50"


def test_person_view_and_time_are_named() -> None:
    full = reading(
        patient_name="Doe^Jane",
        patient_id="7",
        sex="F",
        age="103Y",
        view_position="PA",
        study_date="20240102",
        study_time="094159",
    )
    texts = corner_words.of(full, full.image.automatic, 1.0, is_inverted=True)
    assert texts.top_left == ("Doe, Jane", "F · 103Y · 7")
    assert texts.top_right[0] == "PA · 2024-01-02 · 09:41"
    assert texts.bottom_left[0].endswith("inverted")


def test_scale_is_never_bare_millimetres() -> None:
    image = displayed(spacing_mm=(0.2, 0.2), spacing_basis="at detector")
    found = reading()
    texts = corner_words.of(type(found)(found.instance, image, found.verdict), image.automatic, 1.0, is_inverted=False)
    assert (texts.mm_per_pixel, texts.scale_basis) == (0.2, "at detector")


@pytest.mark.parametrize(("pixels_per_mm", "length"), [(2.9, 50), (0.7, 200), (29.0, 5), (100.0, None), (0.001, None)])
def test_scale_bar_is_the_longest_round_length_that_fits(pixels_per_mm: float, length: int | None) -> None:
    assert corner_texts.bar_length_mm(pixels_per_mm) == length
