"""CXR Viewer: read chest radiographs beside a detector ensemble. Research use, not a medical device."""

__version__ = "0.1.0"
