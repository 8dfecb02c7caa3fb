"""Tries the model bundle's files: every digest is computed again."""

from pathlib import Path

from cxr_viewer.detection import bundle as bundles
from cxr_viewer.detection.bundle import BundleError
from cxr_viewer.program.check import Check, Outcome, told_error


def check_bundle(folder: Path | None) -> Check:
    """Check the bundle in a folder; reads all of it, so call it on a pool thread."""
    if folder is None:
        return Check("Bundle", Outcome.NOTHING, "no bundle is loaded")
    try:
        bundle = bundles.read(folder)
    except (BundleError, OSError) as error:
        return Check("Bundle", Outcome.FAILS, told_error(error, folder))
    return Check("Bundle", Outcome.WORKS, f"every file of {bundle.title} is as published, sha256 {bundle.digest}")
