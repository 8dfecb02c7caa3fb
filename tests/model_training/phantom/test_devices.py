"""Devices."""

import numpy as np

from model_training.phantom.devices import device_attenuation
from tests.model_training.phantom.drawn_chests import chest


def test_named_devices_absorb_and_no_device_absorbs_nothing() -> None:
    drawn = chest(0, view="AP")
    for seed in range(25):
        attenuation, names = device_attenuation(np.random.default_rng(seed), drawn)
        assert attenuation.any() == bool(names)
        assert 0 <= attenuation.min() <= attenuation.max() <= 1.71


def test_bedside_patients_have_more_devices() -> None:
    counts = {
        view: sum(len(device_attenuation(np.random.default_rng(seed), drawn)[1]) for seed in range(40))
        for view, drawn in (("AP", chest(0, view="AP")), ("PA", chest(0, view="PA")))
    }
    assert counts["AP"] > 2 * counts["PA"]
