"""The last images stay within a budget."""

from pathlib import Path

import numpy as np

from cxr_viewer.ui.image_cache import ImageCache
from tests.cxr_viewer.ui.readings import displayed


def test_least_recently_used_image_goes_first() -> None:
    images = {name: displayed(np.zeros((100, 100), np.uint16)) for name in "abc"}
    size = images["a"].pyramid.nbytes
    cache = ImageCache(budget=int(2.5 * size))
    cache.put(Path("a"), images["a"])
    cache.put(Path("b"), images["b"])
    assert cache.get(Path("a")) is images["a"]
    cache.put(Path("c"), images["c"])
    assert [Path(name) in cache for name in "abc"] == [True, False, True]
    assert cache.nbytes <= 2.5 * size


def test_newest_image_stays_however_large_it_is() -> None:
    cache = ImageCache(budget=10)
    image = displayed()
    cache.put(Path("a"), image)
    assert cache.get(Path("a")) is image
