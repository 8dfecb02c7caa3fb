"""Takes out of a DICOM header what the study browser and the gate need."""

from cxr_viewer.dicom import tolerance  # noqa: F401 # isort: skip  # before pydicom

from collections.abc import Sequence
from typing import Any

from pydicom.dataset import Dataset
from pydicom.tag import Tag

from cxr_viewer.core.studies import Instance
from cxr_viewer.dicom import elements, plugins
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.dicom.headers import DicomHeader
from cxr_viewer.dicom.stored_pixels import layout_of, pixel_problem

_TEXTS = {
    "study_instance_uid": Tag("StudyInstanceUID"),
    "series_instance_uid": Tag("SeriesInstanceUID"),
    "sop_instance_uid": Tag("SOPInstanceUID"),
    "modality": Tag("Modality"),
    "body_part": Tag("BodyPartExamined"),
    "view_position": Tag("ViewPosition"),
    "presentation_intent": Tag("PresentationIntentType"),
    "series_description": Tag("SeriesDescription"),
    "study_date": Tag("StudyDate"),
    "study_time": Tag("StudyTime"),
    "accession_number": Tag("AccessionNumber"),
    "patient_id": Tag("PatientID"),
    "birth_date": Tag("PatientBirthDate"),
    "sex": Tag("PatientSex"),
    "age": Tag("PatientAge"),
    "species": Tag("PatientSpeciesDescription"),
    "burned_in": Tag("BurnedInAnnotation"),
    "manufacturer": Tag("Manufacturer"),
    "model": Tag("ManufacturerModelName"),
}
_NAME, _SOP_CLASS = Tag("PatientName"), Tag("SOPClassUID")
_IMAGE_LATERALITY, _LATERALITY = Tag("ImageLaterality"), Tag("Laterality")
_ORIENTATION, _IMAGE_TYPE = Tag("PatientOrientation"), Tag("ImageType")
_INSTANCE_NUMBER, _SERIES_NUMBER = Tag("InstanceNumber"), Tag("SeriesNumber")
_STUDY_DESCRIPTION, _REQUESTED = Tag("StudyDescription"), Tag("RequestedProcedureDescription")
_IMAGE_DESCRIPTIONS = (
    Tag("SeriesDescription"),
    Tag("ProtocolName"),
    Tag("AcquisitionDeviceProcessingDescription"),
    Tag("PerformedProcedureStepDescription"),
)
_REGION, _VIEW_CODE, _MEANING = Tag("AnatomicRegionSequence"), Tag("ViewCodeSequence"), Tag("CodeMeaning")
_LAYOUT = tuple(
    Tag(keyword)
    for keyword in (
        "SamplesPerPixel",
        "PhotometricInterpretation",
        "PlanarConfiguration",
        "NumberOfFrames",
        "Rows",
        "Columns",
        "BitsAllocated",
        "BitsStored",
        "HighBit",
        "PixelRepresentation",
    )
)

WANTED: tuple[int, ...] = (
    *_TEXTS.values(),
    *_IMAGE_DESCRIPTIONS,
    *_LAYOUT,
    _NAME,
    _SOP_CLASS,
    _IMAGE_LATERALITY,
    _LATERALITY,
    _ORIENTATION,
    _IMAGE_TYPE,
    _INSTANCE_NUMBER,
    _SERIES_NUMBER,
    _STUDY_DESCRIPTION,
    _REQUESTED,
    _REGION,
    _VIEW_CODE,
)
"""Tags that `instance_of` looks at: reading no others makes an index quick."""


def instance_of(header: DicomHeader) -> Instance:
    """Return the instance that a header describes.

    Raises:
        DicomReadError: its pixels cannot be decoded, as far as that shows without trying.
    """
    layout = layout_of(header)
    problem = pixel_problem(header, layout)
    if problem:
        raise DicomReadError(problem)
    plugins.decoder_of(header.transfer_syntax)
    dataset = header.dataset
    texts: dict[str, Any] = {field: elements.text(dataset, tag) for field, tag in _TEXTS.items()}
    return Instance(
        path=header.path,
        rows=layout.rows,
        columns=layout.columns,
        sop_class_uid=elements.text(dataset, _SOP_CLASS) or header.media_class,
        transfer_syntax_uid=header.transfer_syntax,
        anatomic_region=_meaning(dataset, _REGION),
        view_code=_meaning(dataset, _VIEW_CODE),
        laterality=elements.text(dataset, _IMAGE_LATERALITY) or elements.text(dataset, _LATERALITY),
        patient_orientation=elements.texts(dataset, _ORIENTATION),
        image_type=elements.texts(dataset, _IMAGE_TYPE),
        photometric=layout.photometric,
        samples_per_pixel=layout.samples,
        bits_stored=layout.stored,
        number_of_frames=layout.frames,
        instance_number=elements.integer(dataset, _INSTANCE_NUMBER),
        series_number=elements.integer(dataset, _SERIES_NUMBER),
        image_descriptions=_all(dataset, _IMAGE_DESCRIPTIONS),
        study_description=elements.text(dataset, _STUDY_DESCRIPTION) or elements.text(dataset, _REQUESTED),
        patient_name=readable_name(elements.text(dataset, _NAME)),
        **texts,
    )


def _all(dataset: Dataset, tags: Sequence[int]) -> tuple[str, ...]:
    found = (elements.text(dataset, tag) for tag in tags)
    return tuple(text for text in found if text)


def _meaning(dataset: Dataset, tag: int) -> str:
    meanings = (elements.text(item, _MEANING) for item in elements.items(dataset, tag))
    return next((meaning for meaning in meanings if meaning), "")


def readable_name(stored: str) -> str:
    """Return a person name (PS3.5 6.2.1) as people write it: "Family, Given Middle"; the first writing of several."""
    writings = [writing for writing in stored.split("=") if writing.strip("^ ")]
    if not writings:
        return ""
    family, *others = (part.strip() for part in writings[0].split("^"))
    given = " ".join(part for part in others if part)
    return f"{family}, {given}" if family and given else family or given
