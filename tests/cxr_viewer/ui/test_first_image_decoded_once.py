"""The image that is opened first is decoded before anything else, and only once."""

import threading
from pathlib import Path

from cxr_viewer.dicom import pixels
from cxr_viewer.dicom.pixel_header import DecodedInstance
from tests.cxr_viewer.ui.desks import Desk


def test_no_thumbnail_is_made_before_the_first_image(desk: Desk, ward: Path) -> None:
    asked: list[str] = []
    lock = threading.Lock()

    def decode(path: Path) -> DecodedInstance:
        with lock:
            asked.append(path.name)
        return pixels.decode(path)

    desk.decode = decode
    workspace = desk.open(ward)
    desk.qtbot.waitUntil(lambda: workspace.is_quiet and len(set(asked)) == 3)
    assert asked[0] == "0.dcm"
    assert asked.count("0.dcm") == 1, "its thumbnail is made of the same pixels"
    thumbnails = [entry.thumbnail for entry in workspace.worklist.entries]
    assert all(picture is not None for picture in thumbnails), "all rows in sight get theirs afterwards"
