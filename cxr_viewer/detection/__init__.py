"""The detector that ships and that training trains: anchors, bundles, engines. No Qt.

What loads a detector is imported when it is asked for: the window reads words of bundles long before.
"""

from typing import TYPE_CHECKING

from cxr_viewer.detection.bundle import BundleError

if TYPE_CHECKING:
    from cxr_viewer.detection.loading import load_detector

__all__ = ["BundleError", "load_detector"]


def __getattr__(name: str) -> object:
    if name == "load_detector":
        from cxr_viewer.detection.loading import load_detector

        return load_detector
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
