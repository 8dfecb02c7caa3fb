"""The last images stay within a budget."""

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.dicom.pixel_header import DecodedInstance
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.image_cache import ImageCache
from cxr_viewer.ui.image_view import ImageView
from cxr_viewer.ui.instance_loader import InstanceLoader
from tests.cxr_viewer.ui.readings import displayed, header
from tests.factories import radiograph


def test_least_recently_used_image_goes_first() -> None:
    images = {name: displayed(np.zeros((100, 100), np.uint16)) for name in "abc"}
    size = images["a"].nbytes
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


def test_copies_that_a_zoom_made_count_too() -> None:
    images = [displayed(np.zeros((2100, 2100), np.uint16)) for _ in range(3)]
    budget = 3 * images[0].nbytes
    cache = ImageCache(budget)
    for number, image in enumerate(images[:2]):
        cache.put(Path(str(number)), image)
        image.pyramid.level(3)
    cache.put(Path("2"), images[2])
    assert [Path(name) in cache for name in "012"] == [False, True, True]
    assert cache.nbytes <= budget


def test_none_of_five_hundred_images_turns_black_and_the_budget_holds(qtbot: QtBot) -> None:
    """Weasis issue 275: after some sixty radiographs, earlier ones were black."""
    decoded: list[int] = []

    def decode(path: Path) -> DecodedInstance:
        number = int(path.name)
        decoded.append(number)
        pixels = radiograph(120, 100, seed=number)
        return DecodedInstance(InstanceKey(path.name), pixels, header())

    files = BackgroundTasks("files", 2)
    cache = ImageCache(budget=40 * displayed(radiograph(120, 100)).nbytes)
    loader = InstanceLoader(decode, files, cache)
    view = ImageView()
    qtbot.addWidget(view)
    view.resize(240, 200)

    def brightness(number: int) -> float:
        with qtbot.waitSignal(loader.loaded, check_params_cb=lambda path, _image: path == Path(str(number))) as loaded:
            loader.request(Path(str(number)))
        assert loaded.args
        view.show_image(loaded.args[1])
        return float(np.frombuffer(view.grab().toImage().constBits(), np.uint8).mean())

    seen = [brightness(number) for number in range(520)]
    assert min(seen) > 40
    assert cache.nbytes <= 40 * displayed(radiograph(120, 100)).nbytes
    assert len(cache) >= 35
    assert decoded == list(range(520))
    again = [brightness(number) for number in range(0, 520, 20)]
    assert again == pytest.approx(seen[::20])
    files.close()
