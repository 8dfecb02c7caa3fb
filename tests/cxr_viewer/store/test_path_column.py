"""Every path comes back, also one that is no valid Unicode."""

import os
import sys
from pathlib import Path

import pytest

from cxr_viewer.store import path_column


@pytest.mark.parametrize("text", ["/disc/DICOM/IM000001", "/bilder/röntgen.dcm", "/胸部/画像"])
def test_a_readable_path_is_stored_as_text(text: str) -> None:
    assert path_column.to_column(Path(text)) == str(Path(text))
    assert path_column.from_column(str(Path(text))) == Path(text)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such paths")
def test_a_path_that_is_no_unicode_is_stored_as_bytes() -> None:
    path = Path(os.fsdecode(b"/disc/r\xf6ntgen.dcm"))
    assert path_column.to_column(path) == b"/disc/r\xf6ntgen.dcm"
    assert path_column.from_column(b"/disc/r\xf6ntgen.dcm") == path


def test_no_path_stays_none() -> None:
    assert path_column.to_column(None) is None
    assert path_column.from_column(None) is None
