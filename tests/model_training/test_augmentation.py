"""Tests of random changes: reproducible, per sample, none where nothing is asked for, and the right way round."""

import dataclasses

import numpy as np
import pytest
import torch

from model_training import augmentation
from model_training.augmentation import AugmentationRules
from model_training.augmentation_sets import SETS

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
