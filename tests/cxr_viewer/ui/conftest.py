"""The window of a test, closed at its end."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.cxr_viewer.ui import driving
from tests.cxr_viewer.ui.desks import Desk
from tests.factories import dicom_file, radiograph


@pytest.fixture(autouse=True)
def _driven(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test marked ``drives("name", ...)`` when no real key or click reached those actions."""
    mark = request.node.get_closest_marker("drives")
    if mark is None:
        yield
        return
    application: QApplication = request.getfixturevalue("qapp")
    witness = driving.Witness()
    application.installEventFilter(witness)
    yield
    application.removeEventFilter(witness)
    assert driving.missing(mark.args, witness) == [], "no real key or click reached these actions"


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    """A desk with a private store; whatever window is open at the end is closed."""
    made = Desk(tmp_path, qtbot)
    yield made
    made.close()


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    """A folder of three radiographs of different people."""
    folder = tmp_path / "ward"
    for number in range(3):
        dicom_file(
            folder / f"{number}.dcm",
            radiograph(300, 260, seed=number),
            PatientName=f"Phantom^{number}",
            PatientID=f"P{number}",
            InstanceNumber=number,
        )
    return folder
