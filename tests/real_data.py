"""Finds the real radiographs and label files that some tests need and that are not part of the repository."""

import os
from pathlib import Path

import pytest


def folder(name: str = "") -> Path:
    """Return a folder of the real test data, or skip the calling test with the reason.

    The data lie where ``CXR_TEST_DATA`` says, else in ``shared/data`` beside the checkout.
    """
    checkout = Path(__file__).resolve().parents[1]
    root = Path(os.environ.get("CXR_TEST_DATA", checkout.parent / "shared" / "data"))
    path = root / name
    if not path.is_dir():
        pytest.skip(f"real test data are not here ({path}); set CXR_TEST_DATA to their folder to run this test")
    return path
