"""Tests of the domains: what stays as it was, what spreads, and that labels keep to what is seen."""

import csv
from pathlib import Path

import numpy as np
import pytest

from model_training.phantom.archive import ArchivePlan, PhantomArchiveError, write_archive
from model_training.phantom.domain import DOMAINS, Domain
from model_training.phantom.phantom import Phantom, simulate


def test_the_plain_domain_draws_what_it_drew_without_domains() -> None:
    phantom = simulate(5, 96, domain=DOMAINS["plain"])
    assert DOMAINS["plain"] == Domain()
    assert np.array_equal(phantom.pixels, simulate(5, 96).pixels)


@pytest.mark.parametrize("name", ["varied", "second"])
def test_a_domain_repeats_by_seed_and_differs_from_the_plain_one(name: str) -> None:
    first, again = (simulate(7, 96, domain=DOMAINS[name]) for _ in range(2))
    assert np.array_equal(first.pixels, again.pixels)
    assert not np.array_equal(first.pixels, simulate(7, 96).pixels)


@pytest.mark.parametrize("name", ["varied", "second"])
def test_boxes_of_a_domain_are_those_of_their_masks(name: str) -> None:
    for seed in range(4):
        phantom = simulate(seed, 128, "Lung Opacity", domain=DOMAINS[name])
        for mask, (x1, y1, x2, y2) in zip(phantom.masks, phantom.boxes.astype(int), strict=True):
            inside = mask[y1:y2, x1:x2]
            assert mask.sum() == inside.sum() > 0
            assert inside[0].any()
            assert inside[-1].any()
            assert inside[:, 0].any()
            assert inside[:, -1].any()


def test_varied_phantoms_spread_the_field_of_view() -> None:
    def spacings(name: str) -> list[float]:
        found = [simulate(seed, 64, "Normal", domain=DOMAINS[name]) for seed in range(24)]
        return [phantom.imager_pixel_spacing_mm for phantom in found]

    assert np.std(spacings("varied")) > 1.5 * np.std(spacings("plain"))


def test_flat_films_have_less_contrast() -> None:
    def contrast(phantom: Phantom) -> float:
        low, high = np.percentile(phantom.displayed()[16:80, 16:80], [5, 95])
        return float(high - low)

    flat = Domain(low_contrast=2.0)
    pairs = [(simulate(seed, 96), simulate(seed, 96, domain=flat)) for seed in range(12)]
    assert np.mean([contrast(changed) < contrast(plain) for plain, changed in pairs]) > 0.8


def test_an_archive_of_a_domain_labels_boxes_as_a_reader_draws_them(tmp_path: Path) -> None:
    write_archive(tmp_path / "varied", 6, 3, side=96, shares={"Lung Opacity": 1.0}, domain="varied")
    plan = ArchivePlan(3, 96, "jpeg-2000", (), "phantom", "varied")
    exact = np.concatenate(
        [
            simulate(plan.image_seed(number), 96, shares={"Lung Opacity": 1.0}, domain=DOMAINS["varied"]).boxes
            for number in range(1, 7)
        ]
    )
    with (tmp_path / "varied" / "labels.csv").open(newline="") as stream:
        rows = [[float(row[key]) for key in ("x", "y", "width", "height")] for row in csv.DictReader(stream)]
    labelled = np.array(rows)
    labelled[:, 2:] += labelled[:, :2]
    off = np.abs(labelled - exact) / np.tile(exact[:, 2:] - exact[:, :2], 2)
    rounding = 0.5 / np.tile(exact[:, 2:] - exact[:, :2], 2)
    assert 0.01 < off.mean() < 0.1
    assert (off <= 0.2 + rounding + 1e-6).all()


def test_an_unknown_domain_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(PhantomArchiveError, match="plain, varied, second"):
        write_archive(tmp_path / "x", 1, 1, domain="third")
