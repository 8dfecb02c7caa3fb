"""The words in the corners of the image: who, when, how it is seen; missing parts are left out."""

from cxr_viewer.dicom.windowing import Voi
from cxr_viewer.ui import window_drag
from cxr_viewer.ui.corner_texts import CornerTexts
from cxr_viewer.ui.device_polarity import device_words
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.orientation import UPRIGHT, Orientation
from cxr_viewer.ui.reading import Reading
from cxr_viewer.ui.worklist_entry import date_text, person_name


def of(reading: Reading, voi: Voi, zoom: float, is_inverted: bool, orientation: Orientation = UPRIGHT) -> CornerTexts:
    """Return the corner texts of an instance as it is shown; what the view alone changes is said in words."""
    instance, header = reading.instance, reading.image.header
    name = person_name(instance.patient_name) or instance.patient_id or instance.path.name
    person = " · ".join(part for part in (instance.sex, instance.age, _identifier(reading, name)) if part)
    view = " · ".join(
        part
        for part in (
            instance.view_position or instance.modality,
            date_text(instance.study_date),
            _time_text(instance.study_time),
        )
        if part
    )
    size = f"{reading.image.columns} × {reading.image.rows} · {header.bits_stored} bit"
    if header.frames > 1:
        size = f"frame 1 of {header.frames} · {size}"
    window = window_drag.in_words(voi) + (" · inverted" if is_inverted else "")
    device = device_words(header.manufacturer, header.model)
    polarity = f"polarity corrected for {device}" if header.is_polarity_corrected else ""
    return CornerTexts(
        top_left=tuple(line for line in (name, person) if line),
        top_right=tuple(line for line in (view, size) if line),
        bottom_left=tuple(line for line in (orientation.words, polarity, window, f"zoom {zoom:.2f}") if line),
        scale_basis=header.spacing_basis,
        mm_per_pixel=_mm_across(reading.image, orientation),
    )


def _identifier(reading: Reading, name: str) -> str:
    return reading.instance.patient_id if reading.instance.patient_id != name else ""


def _time_text(value: str) -> str:
    return f"{value[:2]}:{value[2:4]}" if len(value) >= 4 and value[:4].isdigit() else ""


def _mm_across(image: DisplayedImage, orientation: Orientation) -> float | None:
    """Return millimetres per zoomed pixel in the direction of the scale bar, None when they are not known."""
    if image.header.spacing_mm is None:
        return None
    row_mm, column_mm = image.header.spacing_mm
    return row_mm / image.aspect if orientation.is_sideways else column_mm
