"""What a transfer syntax is called, in few words."""

_NAMES = {
    "1.2.840.10008.1.2": "uncompressed",
    "1.2.840.10008.1.2.1": "uncompressed",
    "1.2.840.10008.1.2.2": "uncompressed",
    "1.2.840.10008.1.2.4.50": "JPEG",
    "1.2.840.10008.1.2.4.51": "JPEG 12 bit",
    "1.2.840.10008.1.2.4.57": "JPEG lossless",
    "1.2.840.10008.1.2.4.70": "JPEG lossless",
    "1.2.840.10008.1.2.4.80": "JPEG-LS",
    "1.2.840.10008.1.2.4.81": "JPEG-LS lossy",
    "1.2.840.10008.1.2.4.90": "JPEG 2000",
    "1.2.840.10008.1.2.4.91": "JPEG 2000 lossy",
    "1.2.840.10008.1.2.4.201": "HTJ2K",
    "1.2.840.10008.1.2.4.202": "HTJ2K",
    "1.2.840.10008.1.2.4.203": "HTJ2K lossy",
    "1.2.840.10008.1.2.5": "RLE",
    "1.2.840.10008.1.2.1.99": "deflated",
}


def short_name(uid: str) -> str:
    """Return the name of a transfer syntax: the codec, "uncompressed", the standard's own name, or "" for none."""
    if not uid:
        return ""
    return _NAMES[uid] if uid in _NAMES else _standard_name(uid)


def _standard_name(uid: str) -> str:
    """Ask pydicom, which the window's process imports for nothing else."""
    from cxr_viewer.dicom import tolerance  # noqa: F401 # isort: skip  # before pydicom
    from pydicom.uid import UID

    syntax = UID(uid)
    if syntax.is_transfer_syntax and not syntax.is_compressed:
        return "uncompressed"
    return syntax.name if syntax.name != uid else "unknown encoding"
