"""The grey scale assumed of real radiographs."""

import numpy as np
import pytest

from model_training.phantom.film_scale import FilmScale
from model_training.phantom.texture import float32


def test_grey_comes_back_from_its_attenuation() -> None:
    grey = float32(np.linspace(0, 1, 256))
    for contrast in (0.8, 1.7, 3.0):
        scale = FilmScale(contrast)
        assert np.allclose(scale.grey(scale.attenuation(grey)), grey, atol=1e-5)
        assert (np.diff(scale.attenuation(grey)) > 0).all()


def test_the_mediastinum_absorbs_what_the_air_of_the_lungs_replaces() -> None:
    grey = np.full((4, 4), 0.25, np.float32)
    mediastinum = np.zeros((4, 4), bool)
    mediastinum[:, 2:] = True
    grey[mediastinum] = 0.85
    attenuation = FilmScale.of(grey, ~mediastinum, mediastinum).attenuation(grey)
    assert attenuation[0, 3] - attenuation[0, 0] == pytest.approx(1.5, rel=1e-4)


def test_the_contrast_of_a_flat_image_is_not_believed() -> None:
    grey = np.full((4, 4), 0.5, np.float32)
    where = np.ones((4, 4), bool)
    assert FilmScale.of(grey, where, where).contrast == 0.8
