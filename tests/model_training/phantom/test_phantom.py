"""One simulated radiograph: determinism, sizes, classes, masks, stored values."""

import numpy as np
import pytest

from cxr_viewer.core.interchange import rsna_csv
from model_training.phantom.phantom import CLASSES, RSNA_SHARES, Phantom, shares_with_opacity, simulate

SIDE = 192


@pytest.fixture(scope="module")
def sample() -> list[Phantom]:
    return [simulate(seed, SIDE) for seed in range(150)]


@pytest.fixture(scope="module")
def opaque() -> list[Phantom]:
    return [simulate(seed, SIDE, "Lung Opacity") for seed in range(1000, 1120)]


def test_equal_seeds_give_equal_bytes() -> None:
    first, second = simulate(7, SIDE), simulate(7, SIDE)
    assert first.pixels.tobytes() == second.pixels.tobytes()
    assert first.boxes.tobytes() == second.boxes.tobytes()
    assert (first.image_class, first.window_center, first.window_width) == (
        second.image_class,
        second.window_center,
        second.window_width,
    )


def test_other_seeds_give_other_images() -> None:
    pictures = {simulate(seed, 64).pixels.tobytes() for seed in range(12)}
    assert len(pictures) == 12


@pytest.mark.parametrize("side", [64, 257, 384, 512, 1024, 2048])
def test_every_side_gives_pixels_of_that_side(side: int) -> None:
    phantom = simulate(3, side, "Lung Opacity")
    assert phantom.pixels.shape == (side, side)
    assert phantom.pixels.dtype == np.uint16
    assert all(mask.shape == (side, side) and mask.dtype == np.bool_ for mask in phantom.masks)
    assert phantom.displayed().std() > 20


def test_another_side_shows_the_same_patient() -> None:
    small, large = simulate(11, 256, "Lung Opacity"), simulate(11, 512, "Lung Opacity")
    assert small.distractors == large.distractors
    assert small.view_position == large.view_position
    assert small.imager_pixel_spacing_mm == pytest.approx(2 * large.imager_pixel_spacing_mm)
    reduced = large.displayed().reshape(256, 2, 256, 2).mean(axis=(1, 3))
    assert np.corrcoef(reduced.ravel(), small.displayed().ravel())[0, 1] > 0.97


def test_a_side_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 64"):
        simulate(1, 32)


def test_shares_without_any_class_are_refused() -> None:
    with pytest.raises(ValueError, match="share above 0"):
        simulate(1, 64, shares={})


def test_the_classes_are_those_of_the_challenge() -> None:
    assert CLASSES == rsna_csv.CLASSES
    assert sum(RSNA_SHARES.values()) == pytest.approx(1)


def test_only_asked_classes_appear_when_the_shares_say_so() -> None:
    classes = {simulate(seed, 64, shares={"Normal": 1, "Lung Opacity": 1}).image_class for seed in range(20)}
    assert classes == {"Normal", "Lung Opacity"}


def test_boxes_belong_to_opacity_images_and_distractors_never_to_normal_ones(sample: list[Phantom]) -> None:
    for phantom in sample:
        assert bool(len(phantom.boxes)) == (phantom.image_class == "Lung Opacity")
        assert len(phantom.boxes) == len(phantom.masks) == len(phantom.strengths)
        if phantom.image_class == "Normal":
            assert phantom.distractors == ()
        if phantom.image_class == "No Lung Opacity / Not Normal":
            assert phantom.distractors


def test_a_box_is_the_bounding_box_of_its_mask(opaque: list[Phantom]) -> None:
    for phantom in opaque:
        assert phantom.boxes.dtype == np.float32
        for box, mask in zip(phantom.boxes, phantom.masks, strict=True):
            rows, columns = np.nonzero(mask)
            assert box.tolist() == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


def test_masks_of_one_image_do_not_overlap(opaque: list[Phantom]) -> None:
    assert all(np.sum(phantom.masks, axis=0).max() == 1 for phantom in opaque)


def test_an_opacity_is_brighter_than_the_same_lung_without_it() -> None:
    """The shape, bones and beam come from streams of their own, so the same seed as a normal image is the control."""
    differences = []
    for seed in range(40):
        with_opacity, without = simulate(seed, SIDE, "Lung Opacity"), simulate(seed, SIDE, "Normal")
        if with_opacity.distractors or with_opacity.view_position != without.view_position:
            continue
        mask = np.any(with_opacity.masks, axis=0)
        inside = with_opacity.displayed()[mask].mean() - without.displayed()[mask].mean()
        outside = with_opacity.displayed()[~mask].mean() - without.displayed()[~mask].mean()
        differences.append(inside - outside)
    assert len(differences) >= 8
    assert np.mean(differences) > 10
    assert min(differences) > 0


def test_stored_values_fit_the_bits_and_use_them(sample: list[Phantom]) -> None:
    for phantom in sample:
        largest = 2**phantom.bits_stored - 1
        assert phantom.pixels.max() <= largest
        assert int(phantom.pixels.max()) - int(phantom.pixels.min()) > 0.35 * largest
    assert {phantom.bits_stored for phantom in sample} == {12, 13, 14}


def test_the_window_clips_less_than_a_quarter_so_that_the_viewer_takes_it(sample: list[Phantom]) -> None:
    for phantom in sample:
        low = phantom.window_center - phantom.window_width / 2
        clipped = (phantom.pixels < low) | (phantom.pixels > low + phantom.window_width)
        assert clipped.mean() < 0.25


def test_both_polarities_and_views_occur_and_look_alike(sample: list[Phantom]) -> None:
    assert {phantom.view_position for phantom in sample} == {"PA", "AP"}
    means = {}
    for photometric in ("MONOCHROME1", "MONOCHROME2"):
        shown = [each.displayed().mean() for each in sample if each.photometric_interpretation == photometric]
        means[photometric] = np.mean(shown)
        assert len(shown) > 20
    assert means["MONOCHROME1"] == pytest.approx(means["MONOCHROME2"], abs=20)


def test_class_shares_are_those_of_the_labels(sample: list[Phantom]) -> None:
    for name, share in RSNA_SHARES.items():
        found = np.mean([phantom.image_class == name for phantom in sample])
        assert found == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / len(sample)))


def test_box_counts_and_sizes_follow_the_labels(opaque: list[Phantom]) -> None:
    """RSNA stage 2: 43 / 54 / 2 % have 1 / 2 / 3 boxes; width 218 +- 90 and height 329 +- 150 in a 1,024 frame."""
    counts = np.array([len(phantom.boxes) for phantom in opaque])
    assert np.mean(counts == 1) == pytest.approx(0.435, abs=0.15)
    assert counts.max() <= 4
    boxes = np.concatenate([phantom.boxes for phantom in opaque]) * 1024 / SIDE
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    assert width.mean() == pytest.approx(218, abs=25)
    assert height.mean() == pytest.approx(329, abs=40)
    assert 60 < width.std() < 110
    assert 110 < height.std() < 190
    assert width.min() >= 36


def test_the_share_of_opacities_can_be_chosen_and_keeps_the_ratio_of_the_others() -> None:
    shares = shares_with_opacity(0.45)
    assert shares["Lung Opacity"] == 0.45
    assert sum(shares.values()) == pytest.approx(1)
    ratio = RSNA_SHARES["Normal"] / RSNA_SHARES["No Lung Opacity / Not Normal"]
    assert shares["Normal"] / shares["No Lung Opacity / Not Normal"] == pytest.approx(ratio)
