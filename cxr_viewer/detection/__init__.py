"""The detector that ships and that training trains: anchors, bundles, engines. No Qt."""

from cxr_viewer.detection.bundle import BundleError
from cxr_viewer.detection.loading import load_detector

__all__ = ["BundleError", "load_detector"]
