"""Windows in processes of their own, ended with the test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cxr_viewer.program.windows import Window
from tests.factories import dicom_file, radiograph

Start = Callable[..., Window]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts the program with arguments."""
    made: list[Window] = []

    def begin(*arguments: str | Path) -> Window:
        made.append(Window(*arguments))
        return made[-1]

    yield begin
    for window in made:
        window.close()


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    """A folder named for a patient, with two radiographs of hers."""
    folder = tmp_path / "DOE^JANE"
    for number in range(2):
        dicom_file(
            folder / f"{number}.dcm", radiograph(300, 260, seed=number), PatientName="DOE^JANE", InstanceNumber=number
        )
    return folder
