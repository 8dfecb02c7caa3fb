"""Tells DICOM objects that are no images from images that lost their pixels."""

from cxr_viewer.dicom import tolerance  # noqa: F401 # isort: skip  # before pydicom

from pydicom.uid import UID

from cxr_viewer.dicom import elements
from cxr_viewer.dicom.headers import DicomHeader
from cxr_viewer.dicom.media_directory import MEDIA_DIRECTORY

_STORAGE = "1.2.840.10008.5.1.4.1.1."
_SOP_CLASS, _MODALITY, _ROWS = 0x00080016, 0x00080060, 0x00280010

_NO_IMAGE_CLASSES: tuple[tuple[str, str], ...] = (
    (MEDIA_DIRECTORY, "DICOMDIR, the table of contents of a medium"),
    (_STORAGE + "88.", "structured report"),
    (_STORAGE + "104.1", "PDF document in a DICOM file"),
    (_STORAGE + "104.", "document in a DICOM file"),
    (_STORAGE + "11.", "presentation state"),
    (_STORAGE + "9.1.", "ECG"),
    (_STORAGE + "9.", "waveform"),
    (_STORAGE + "481.3", "radiotherapy structure set"),
    (_STORAGE + "481.5", "radiotherapy plan"),
    (_STORAGE + "481.8", "radiotherapy plan"),
    (_STORAGE + "481.4", "radiotherapy treatment record"),
    (_STORAGE + "481.6", "radiotherapy treatment record"),
    (_STORAGE + "481.7", "radiotherapy treatment record"),
    (_STORAGE + "481.9", "radiotherapy treatment record"),
    (_STORAGE + "66.1", "spatial registration"),
    (_STORAGE + "66.2", "spatial fiducials"),
    (_STORAGE + "66.3", "spatial registration"),
    (_STORAGE + "66.5", "surface segmentation"),
    (_STORAGE + "66.6", "tractography"),
    (_STORAGE + "66", "raw data"),
    (_STORAGE + "67", "real world value mapping"),
    ("1.2.840.10008.5.1.4.38.", "hanging protocol"),
    ("1.2.840.10008.5.1.4.39.", "colour palette"),
    ("1.2.840.10008.5.1.4.34.", "worklist entry"),
)

_NO_IMAGE_MODALITIES = {
    "SR": "structured report",
    "KO": "key object selection",
    "PR": "presentation state",
    "DOC": "document in a DICOM file",
    "ECG": "ECG",
    "EEG": "EEG",
    "HD": "haemodynamic waveform",
    "AU": "audio",
    "RTPLAN": "radiotherapy plan",
    "RTSTRUCT": "radiotherapy structure set",
    "RTRECORD": "radiotherapy treatment record",
    "REG": "spatial registration",
    "FID": "spatial fiducials",
    "PLAN": "plan",
}


def no_image_reason(header: DicomHeader) -> str:
    """Return what a DICOM object is that is no image, "" for images, broken ones included."""
    if header.pixel is not None:
        return ""
    sop_class = elements.text(header.dataset, _SOP_CLASS) or header.media_class
    # A segment with a dot at its end stands for a whole family, one without for itself.
    for known, name in _NO_IMAGE_CLASSES:
        if sop_class == known or (known.endswith(".") and sop_class.startswith(known)):
            return f"no image: {name}"
    modality = elements.text(header.dataset, _MODALITY).upper()
    if modality in _NO_IMAGE_MODALITIES:
        return f"no image: {_NO_IMAGE_MODALITIES[modality]}"
    if elements.integer(header.dataset, _ROWS) is not None or modality or header.damage:
        return ""
    # Private and non-image classes; one whose name says Image Storage has lost its pixels.
    name = UID(sop_class).name if sop_class else ""
    return "" if "Image Storage" in name or not sop_class else "no image: DICOM object without pixels"
