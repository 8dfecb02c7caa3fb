"""Decides whether an image is an input for a detector of opacities on frontal chest radiographs.

The gate withholds, it never hides: the reader still sees the image, with the reason, and no detections. It asks the
header, then the size and colour of the pixels, and last what the bundle's learned gate made of the picture. What the
header does not say passes; what speaks against a frontal radiograph of a human chest withholds.
"""

from dataclasses import dataclass

from cxr_viewer.core.header_words import BodyPart, View, body_parts_in, describes_nothing
from cxr_viewer.core.stated_view import stated_view
from cxr_viewer.core.studies import Instance

RADIOGRAPHS = frozenset({"CR", "DX", "DR", "RG", "XR", "XRAY", "CXR"})
"""Modalities of a projection radiograph; DR and the last three are no defined terms (PS3.3 C.7.3.1.1.1) but occur."""

UNSPECIFIC = frozenset({"OT", "SC"})
"""Modalities that say nothing: such an image must call itself a chest somewhere else in its header."""

SMALLEST_SIDE = 200
"""Native pixels; below this a radiograph is a thumbnail, in which a consolidation covers a handful of pixels."""

LONGEST_ASPECT = 3.0
"""Long side over short side; stitched views of spine and leg exceed it, chest radiographs do not come near."""

_MODALITY_NAMES = {
    "CT": "computed tomography",
    "MR": "magnetic resonance",
    "US": "ultrasound",
    "NM": "nuclear medicine",
    "PT": "positron emission tomography",
    "MG": "mammography",
    "PX": "panoramic dental radiograph",
    "IO": "intra-oral radiograph",
    "XA": "angiography",
    "RF": "fluoroscopy",
    "SEG": "segmentation",
    "RTDOSE": "radiotherapy dose",
    "RTIMAGE": "radiotherapy image",
    "ES": "endoscopy",
    "XC": "photograph",
    "GM": "microscopy",
    "SM": "slide microscopy",
    "OP": "ophthalmic photograph",
    "BMD": "bone densitometry",
}

_STORAGE = "1.2.840.10008.5.1.4.1.1."
_MODALITY_OF_CLASS = {
    _STORAGE + "1": "CR",
    _STORAGE + "1.1": "DX",
    _STORAGE + "1.1.1": "DX",
    _STORAGE + "1.2": "MG",
    _STORAGE + "1.2.1": "MG",
    _STORAGE + "1.3": "IO",
    _STORAGE + "1.3.1": "IO",
    _STORAGE + "2": "CT",
    _STORAGE + "2.1": "CT",
    _STORAGE + "4": "MR",
    _STORAGE + "4.1": "MR",
    _STORAGE + "6.1": "US",
    _STORAGE + "3.1": "US",
    _STORAGE + "12.1": "XA",
    _STORAGE + "12.2": "RF",
    _STORAGE + "20": "NM",
    _STORAGE + "128": "PT",
    _STORAGE + "30": "parametric map",
    _STORAGE + "66.4": "SEG",
    _STORAGE + "77.1.4": "XC",
    _STORAGE + "481.1": "RTIMAGE",
    _STORAGE + "481.2": "RTDOSE",
}
_DX_FOR_PROCESSING = _STORAGE + "1.1.1"

_VIEW_NAMES = {
    View.LATERAL: "lateral view",
    View.DECUBITUS: "decubitus view",
    View.OBLIQUE: "oblique view",
    View.OTHER: "not a frontal view",
}


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """Whether the detector is withheld, and why, in words for the reader ("" when it is not)."""

    withheld: bool
    reason: str = ""


PASSED = GateVerdict(False)


@dataclass(frozen=True, slots=True)
class GateScore:
    """What a bundle's learned gate made of one image.

    Attributes:
        score: in [0, 1]; 0 looks like a frontal chest radiograph, 1 like something else.
        limit: the bundle's; a higher score withholds.
    """

    score: float
    limit: float


def header_verdict(instance: Instance) -> GateVerdict:
    """Judge an instance by its header; images without one (PNG, JPEG, TIFF) pass."""
    if not instance.is_dicom:
        return PASSED
    for rule in (_species, _modality, _colour, _processing, _body_part, _view, _size):
        reason = rule(instance)
        if reason:
            return GateVerdict(True, reason)
    return PASSED


def pixel_verdict(*, rows: int, columns: int, is_colour: bool) -> GateVerdict:
    """Judge what only the decoded pixels tell: the true size, and colour in a file that has no header to say so."""
    if is_colour:
        return GateVerdict(True, "colour image: a radiograph is grey")
    reason = _implausible_size(rows, columns)
    return GateVerdict(True, reason) if reason else PASSED


def learned_verdict(score: GateScore | None) -> GateVerdict:
    """Judge by what the bundle's learned gate made of the picture; a bundle without a gate passes everything."""
    if score is None or score.score <= score.limit:
        return PASSED
    return GateVerdict(
        True,
        f"the image does not look like a frontal chest radiograph (gate score {score.score:.2f}, "
        f"limit {score.limit:.2f})",
    )


def first_withheld(*verdicts: GateVerdict) -> GateVerdict:
    """Combine verdicts, the surest first: the first that withholds holds, with its reason."""
    return next((verdict for verdict in verdicts if verdict.withheld), PASSED)


def _species(instance: Instance) -> str:
    species = instance.species.strip()
    human = ("", "homo sapiens", "human", "unknown")
    return "" if species.casefold() in human else f"not a person: the header says {species}"


def _modality(instance: Instance) -> str:
    modality = instance.modality.strip().upper()
    from_class = _MODALITY_OF_CLASS.get(instance.sop_class_uid, "")
    effective = modality or from_class
    if not effective or effective in RADIOGRAPHS:
        return ""
    if effective in UNSPECIFIC:
        if from_class in RADIOGRAPHS or _says_chest(instance):
            return ""
        return f"modality {effective} (unspecific), and nothing in the header says that this is a chest radiograph"
    name = _MODALITY_NAMES.get(effective)
    return f"not a radiograph: {name} ({effective})" if name else f"not a radiograph: modality {effective}"


def _colour(instance: Instance) -> str:
    photometric = instance.photometric.strip().upper()
    if instance.samples_per_pixel == 1 and photometric in ("", "MONOCHROME1", "MONOCHROME2"):
        return ""
    return f"colour image ({photometric or f'{instance.samples_per_pixel} samples per pixel'})"


def _processing(instance: Instance) -> str:
    raw = instance.presentation_intent.strip().upper() == "FOR PROCESSING"
    if raw or instance.sop_class_uid == _DX_FOR_PROCESSING:
        return "raw detector image for processing, not meant for display"
    return ""


def _body_part(instance: Instance) -> str:
    stated = instance.body_part.strip()
    for text in (stated, instance.anatomic_region, *instance.image_descriptions):
        parts = body_parts_in(text)
        if parts:
            return "" if parts[0] is BodyPart.CHEST else _no_chest(parts[0].value, text)
    # A study may hold images of several parts, so the chest needs only to be among them.
    parts = body_parts_in(instance.study_description)
    if parts and not _includes_chest(parts):
        return _no_chest(parts[0].value, instance.study_description)
    # A body part in words that nobody here knows is still a statement that it is something else.
    return "" if parts or describes_nothing(stated) else f"not a chest: the header says {stated}"


def _no_chest(part: str, text: str) -> str:
    return f"not a chest: the header says {part} ({text.strip()})"


def _includes_chest(parts: tuple[BodyPart, ...]) -> bool:
    return BodyPart.CHEST in parts and BodyPart.SPINE not in parts


def _says_chest(instance: Instance) -> bool:
    texts = (instance.body_part, instance.anatomic_region, *instance.image_descriptions, instance.study_description)
    return any(_includes_chest(body_parts_in(text)) for text in texts)


def _view(instance: Instance) -> str:
    stated = stated_view(instance)
    if stated is None or stated.view is View.FRONTAL:
        return ""
    return f"{_VIEW_NAMES[stated.view]} ({stated.source})"


def _size(instance: Instance) -> str:
    return _implausible_size(instance.rows, instance.columns)


def _implausible_size(rows: int, columns: int) -> str:
    short, long = sorted((rows, columns))
    if short < SMALLEST_SIDE:
        return f"too small for a radiograph ({columns} x {rows} pixels)"
    if long > LONGEST_ASPECT * short:
        return f"too long and narrow for a chest radiograph ({columns} x {rows} pixels)"
    return ""
