"""Tests of random changes: reproducible, per sample, none where nothing is asked for, and the right way round."""

import dataclasses

import numpy as np
import pytest
import torch

from model_training import augmentation, warping
from model_training.augmentation import AugmentationRules
from model_training.augmentation_sets import PAPER_SETS, SETS
from model_training.warping import BoxRule

NONE, STRONG = AugmentationRules("none"), AugmentationRules("strong")
BOX = np.array([[60, 70, 120, 160]], dtype=np.float32)
SMALL_BOX = np.array([[30, 35, 60, 80]], dtype=np.float32)


def pixels(count: int = 4, side: int = 128) -> torch.Tensor:
    return torch.randint(0, 256, (count, side, side), dtype=torch.uint8, generator=torch.Generator().manual_seed(3))


def test_no_augmentation_leaves_pixels_and_boxes_as_they_are() -> None:
    batch = pixels()
    changes = [augmentation.draw(NONE, 128, 1, position) for position in range(4)]
    torch.testing.assert_close(
        augmentation.change_images(batch, changes)[:, 0], batch.float() / 255, atol=1e-5, rtol=1e-5
    )
    np.testing.assert_array_equal(augmentation.change_boxes(SMALL_BOX, changes[0], NONE, 1, 0), SMALL_BOX)


def test_a_samples_changes_depend_on_seed_and_position_but_not_on_its_batch() -> None:
    batch = pixels(3)
    together = augmentation.change_images(batch, [augmentation.draw(STRONG, 128, 5, p) for p in (10, 11, 12)])
    alone = augmentation.change_images(batch[1:2], [augmentation.draw(STRONG, 128, 5, 11)])
    torch.testing.assert_close(together[1:2], alone, atol=1e-5, rtol=1e-5)
    other_seed = augmentation.change_images(batch[1:2], [augmentation.draw(STRONG, 128, 6, 11)])
    assert float((alone - other_seed).abs().mean()) > 0.01


def test_every_sets_images_depend_on_seed_and_position_alone() -> None:
    batch = pixels(4, side=64)
    for name in SETS:
        rules = AugmentationRules(name)
        images = augmentation.change_images(batch, [augmentation.draw(rules, 64, 3, p) for p in (7, 8, 9, 10)])
        np.random.seed(0)
        torch.manual_seed(0)
        again = augmentation.change_images(batch[2:], [augmentation.draw(rules, 64, 3, p) for p in (9, 10)])
        torch.testing.assert_close(images[2:], again, atol=1e-5, rtol=1e-5, msg=name)


def test_strong_images_stay_in_range_and_vary() -> None:
    batch = pixels(1).repeat(64, 1, 1)
    images = augmentation.change_images(batch, [augmentation.draw(STRONG, 128, 1, p) for p in range(64)])
    assert images.shape == (64, 1, 128, 128)
    assert float(images.min()) >= 0
    assert float(images.max()) <= 1
    assert float(images.mean(dim=(1, 2, 3)).std()) > 0.05


@pytest.mark.parametrize("name", ["weak", "strong"])
def test_shares_and_spreads_of_a_set_are_the_written_ones(name: str) -> None:
    rules, strengths = AugmentationRules(name), SETS[name]
    drawn = [augmentation.draw(rules, 256, 1, position) for position in range(3000)]
    shares = {
        "sharpen_probability": np.mean([change.sharpen_amount > 0 for change in drawn]),
        "blur_probability": np.mean([change.blur_sigma > 0 for change in drawn]),
        "shade_probability": np.mean([change.shades is not None for change in drawn]),
        "noise_probability": np.mean([change.noise_sd > 0 for change in drawn]),
        "collimation_probability": np.mean([change.is_collimated for change in drawn]),
        "black_border_probability": np.mean([change.black_border for change in drawn]),
    }
    for key, share in shares.items():
        assert share == pytest.approx(getattr(strengths, key), abs=0.03), key
    areas = np.log([np.linalg.det(change.matrix[:, :2]) for change in drawn]) / 2
    assert areas.mean() == pytest.approx(strengths.scale_mean, abs=0.02)
    angles = np.degrees([np.arctan2(change.matrix[1, 0], change.matrix[0, 0]) for change in drawn])
    assert angles.std() == pytest.approx(strengths.rotation_sd, rel=0.1)


@dataclasses.dataclass(frozen=True)
class PaperRow:
    """A row of the recipe's table, in its own units at 512 pixels."""

    scale: float
    angle: float
    shear: float
    gamma: float
    salt: float = 0.0
    blur: tuple[float, float] = (0.0, 0.0)
    noise: tuple[float, float] = (0.0, 0.0)
    flips: float = 0.0
    box_rule: BoxRule = BoxRule.EIGHT_POINTS


HEAVY = PaperRow(0.15, 6, 4, 0.25, salt=0.1, blur=(0.5, 2), noise=(0.5, 0.04))
PAPER_TABLE = {
    "paper-none": PaperRow(0, 0, 0, 0),
    "paper-light": PaperRow(0.1, 5, 2.5, 0.2),
    "paper-light-no-rotation": PaperRow(0.1, 0, 2.5, 0.2),
    "paper-medium": PaperRow(0.15, 6, 4, 0.2, blur=(0.25, 1), noise=(0.25, 0.02)),
    "paper-heavy": dataclasses.replace(HEAVY, box_rule=BoxRule.CORNERS),
    "paper-heavy-custom-rotation": HEAVY,
    "paper-heavy-no-rotation": dataclasses.replace(HEAVY, angle=0),
    "paper-heavy-flipped": dataclasses.replace(HEAVY, box_rule=BoxRule.CORNERS, flips=0.5),
    "paper-heavy-custom-rotation-flipped": dataclasses.replace(HEAVY, flips=0.5),
    "paper-heavy-no-rotation-flipped": dataclasses.replace(HEAVY, angle=0, flips=0.5),
}


def test_the_papers_sets_are_all_there_by_name() -> None:
    assert set(PAPER_TABLE) == {name for name in SETS if name.startswith("paper-")}
    assert len(PAPER_SETS) == 5
    assert set(PAPER_SETS) <= set(PAPER_TABLE)


@pytest.mark.parametrize("name", PAPER_TABLE)
def test_the_papers_sets_draw_what_the_recipes_table_says(name: str) -> None:
    """Parameters are taken back out of the drawn matrices by their definition: columns are the moved axes."""
    row, rules = PAPER_TABLE[name], AugmentationRules(name)
    drawn = [augmentation.draw(rules, 512, 4, position) for position in range(2500)]
    linear = np.array([change.matrix[:, :2] for change in drawn])
    mirrored = np.linalg.det(linear) < 0
    assert mirrored.mean() == pytest.approx(row.flips, abs=0.03)
    upright = linear.copy()
    upright[mirrored, :, 0] *= -1
    scales = np.log2(np.linalg.norm(upright, axis=1))
    assert np.allclose(scales.std(axis=0), row.scale, rtol=0.06, atol=1e-9)
    assert np.abs(scales.mean(axis=0)).max() < 0.012
    assert abs(np.corrcoef(scales.T + np.random.default_rng(0).normal(0, 1e-9, scales.T.shape))[0, 1]) < 0.06
    angles = np.degrees(np.arctan2(upright[:, 1, 0], upright[:, 0, 0]))
    shears = np.degrees(np.arctan2(-upright[:, 0, 1], upright[:, 1, 1])) - angles
    assert angles.std() == pytest.approx(row.angle, rel=0.06, abs=1e-6)
    assert shears.std() == pytest.approx(row.shear, rel=0.06, abs=1e-6)
    offsets = np.array([change.matrix[:, 2] for change in drawn]) - 256 + linear @ np.full(2, 256)
    jitter = np.linalg.solve(linear, offsets[:, :, None])[:, :, 0]
    assert 15.9 < np.abs(jitter).max() <= 16
    assert np.allclose(jitter.std(axis=0), 32 / np.sqrt(12), rtol=0.04)
    exponents = np.log2([np.log(change.table[128]) / np.log(128 / 255) for change in drawn])
    assert exponents.std() == pytest.approx(row.gamma, rel=0.06, abs=1e-6)
    for values, (share, largest) in (
        ([change.blur_sigma for change in drawn], row.blur),
        ([change.noise_sd for change in drawn], row.noise),
    ):
        above = np.array([value for value in values if value > 0])
        assert len(above) / len(drawn) == pytest.approx(share, abs=0.03)
        assert above.mean() == pytest.approx(largest / 2, rel=0.08) if largest else not len(above)
        assert above.max(initial=0) <= largest
    grained = [change for change in drawn if change.salt_rate > 0]
    assert len(grained) / len(drawn) == pytest.approx(row.salt, abs=0.02)
    assert {change.salt_rate for change in grained} <= {0.01}
    assert all(51 <= count <= 102 for change in grained for count in change.salt_cells)
    assert all(change.sharpen_amount == 0 and change.shades is None and not change.is_collimated for change in drawn)
    assert all((change.contrast, change.brightness, change.jitter_sd) == (1, 0, 0) for change in drawn)
    assert all(change.black_border and change.quantised for change in drawn)


@pytest.mark.parametrize("name", PAPER_TABLE)
def test_the_papers_boxes_follow_the_rule_of_their_set_and_a_recipe_may_choose_another(name: str) -> None:
    change = dataclasses.replace(
        augmentation.draw(AugmentationRules(name), 512, 1, 0), matrix=warping.matrix(512, angle_degrees=6)
    )
    box = np.array([[156, 104, 375, 408]], dtype=np.float32)  # 219 x 304
    sizes = {BoxRule.CORNERS: (249.6, 325.2), BoxRule.EIGHT_POINTS: (228.4, 310.0)}
    own = augmentation.change_boxes(box, change, AugmentationRules(name), 1, 0)[0]
    assert (own[2:] - own[:2]).tolist() == pytest.approx(sizes[PAPER_TABLE[name].box_rule], abs=0.06)
    for rule, size in sizes.items():
        asked = augmentation.change_boxes(box, change, AugmentationRules(name, box_rule=rule), 1, 0)[0]
        assert (asked[2:] - asked[:2]).tolist() == pytest.approx(size, abs=0.06)


def test_the_papers_boxes_are_neither_cut_nor_dropped_at_the_images_edge() -> None:
    change = dataclasses.replace(
        augmentation.draw(AugmentationRules("paper-none"), 512, 1, 0), matrix=warping.matrix(512, shift=(-90, 0))
    )
    box = np.array([[0, 200, 100, 300]], dtype=np.float32)
    kept = augmentation.change_boxes(box, change, AugmentationRules("paper-none"), 1, 0)
    np.testing.assert_array_equal(kept, [[-90, 200, 10, 300]])
    assert len(augmentation.change_boxes(box, change, AugmentationRules("weak"), 1, 0)) == 0


def test_a_small_box_is_kept_where_nothing_is_cut_off_it() -> None:
    box = np.array([[100, 100, 108, 140]], dtype=np.float32)
    change = augmentation.draw(NONE, 256, 1, 0)
    np.testing.assert_array_equal(augmentation.change_boxes(box, change, NONE, 1, 0), box)


def test_grey_values_are_eight_bit_before_the_noise_is_added() -> None:
    drawn = augmentation.draw(AugmentationRules("paper-heavy"), 128, 1, 0)
    quiet = dataclasses.replace(drawn, blur_sigma=0.0, noise_sd=0.0, salt_rate=0.0)
    values = augmentation.change_images(pixels(1), [quiet]) * 255
    torch.testing.assert_close(values, values.round(), atol=1e-3, rtol=0)
    noisy = augmentation.change_images(pixels(1), [dataclasses.replace(quiet, noise_sd=0.04)]) * 255
    assert float((noisy - values).std()) == pytest.approx(0.04 * 255, rel=0.15)


def test_salt_and_pepper_hits_a_hundredth_of_the_image_in_the_samples_that_have_it() -> None:
    rules = AugmentationRules("paper-heavy")
    drawn = [augmentation.draw(rules, 256, 2, position) for position in range(1500)]
    grained = [change for change in drawn if change.salt_rate > 0][:100]
    still = [dataclasses.replace(change, blur_sigma=0.0, noise_sd=0.0) for change in grained]
    clean = [dataclasses.replace(change, salt_rate=0.0) for change in still]
    batch = pixels(1, 256).repeat(len(still), 1, 1)
    hit = (augmentation.change_images(batch, still) != augmentation.change_images(batch, clean)).float()
    assert float(hit.mean()) == pytest.approx(0.01, abs=0.001)


def test_tone_tables_rise_from_black_to_white() -> None:
    for position in range(200):
        table = augmentation.draw(STRONG, 64, 1, position).table
        assert table[0] == 0
        assert table[-1] == pytest.approx(1)
        assert (np.diff(table) >= -1e-6).all()


def test_a_bright_patch_and_its_box_move_together() -> None:
    strengths = dataclasses.replace(SETS["none"], scale_sd=0.15, shift=0.08, anisotropy_sd=0.06)
    SETS["geometry only"] = strengths
    try:
        rules = AugmentationRules("geometry only")
        image = torch.zeros(1, 256, 256, dtype=torch.uint8)
        image[0, 70:160, 60:120] = 255
        for position in range(20):
            change = augmentation.draw(rules, 256, 2, position)
            moved = augmentation.change_images(image, [change])[0, 0].numpy()
            rows, columns = np.nonzero(moved > 0.5)
            box = augmentation.change_boxes(BOX, change, rules, 2, position)[0]
            found = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            np.testing.assert_allclose(box, found, atol=1.1)
    finally:
        del SETS["geometry only"]


def test_boxes_outside_the_collimator_are_cut_or_dropped() -> None:
    window = np.array([100, 0, 256, 256], dtype=np.float32)
    change = dataclasses.replace(augmentation.draw(NONE, 256, 1, 0), window=window, is_collimated=True)
    kept = augmentation.change_boxes(BOX, change, AugmentationRules("none", least_visible_share=0.2), 1, 0)
    np.testing.assert_array_equal(kept, [[100, 70, 120, 160]])
    assert len(augmentation.change_boxes(BOX, change, AugmentationRules("none", least_visible_share=0.5), 1, 0)) == 0


def test_readers_noise_has_the_asked_spread_in_box_sides() -> None:
    rules = AugmentationRules("none", box_jitter_sd=0.06)
    change = augmentation.draw(rules, 256, 1, 0)
    drawn = np.array([augmentation.change_boxes(BOX, change, rules, 1, position)[0] for position in range(2000)])
    np.testing.assert_allclose((drawn - BOX).std(axis=0), [3.6, 5.4, 3.6, 5.4], rtol=0.1)
    again = augmentation.change_boxes(BOX, change, rules, 1, 7)[0]
    np.testing.assert_array_equal(again, drawn[7])


def test_an_unknown_set_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no augmentation set 'wild'"):
        AugmentationRules("wild")
