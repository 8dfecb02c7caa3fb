"""What a report says of the image on the screen: gathered from session, view and worklist in one go."""

from datetime import datetime

from cxr_viewer import __version__
from cxr_viewer.core.candidates import Detections
from cxr_viewer.core.findings import Finding
from cxr_viewer.core.gate import GateVerdict
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.patients import is_same_study
from cxr_viewer.core.studies import Instance
from cxr_viewer.ui import finding_model, operating_point, window_drag
from cxr_viewer.ui.finding_model import FindingRow
from cxr_viewer.ui.image_canvas import ImageCanvas
from cxr_viewer.ui.overlay import Kind
from cxr_viewer.ui.reading import Reading
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.study_report import Line, ReportFinding, StudyReport
from cxr_viewer.ui.undo_steps import OUTCOME_TEXT
from cxr_viewer.ui.worklist_entry import WorklistEntry, date_text, person_name


def gather(
    session: ReviewSession, view: ImageCanvas, verdict: GateVerdict, entries: tuple[WorklistEntry, ...]
) -> StudyReport:
    """Return the report of the study on the screen.

    Raises:
        ValueError: there is no image on the screen.
    """
    reading = session.reading
    if reading is None:
        raise ValueError("There is no image on the screen.")
    instance = reading.instance
    name = person_name(instance.patient_name) or instance.patient_id or instance.path.name
    return StudyReport(
        title=" · ".join(part for part in (name, date_text(instance.study_date), instance.study_description) if part),
        patient=_patient(instance),
        acquisition=_acquisition(reading),
        reading=_reading(session),
        model=_model(session, verdict),
        verdict=_verdict(session),
        comment=session.note.comment,
        findings=_findings(session, reading),
        unjudged=_unjudged(session.detections, reading) if view.are_boxes_visible else (),
        picture_words=_picture_words(view),
        others=_others(instance, entries),
        made=f"Made by CXR Viewer {__version__} on {_time(datetime.now().astimezone())}. "
        "Boxes: amber and dashed are the model's, cyan and solid are the reader's.",
    )


def _patient(instance: Instance) -> tuple[Line, ...]:
    return (
        ("Name", person_name(instance.patient_name)),
        ("Patient ID", instance.patient_id),
        ("Birth date", date_text(instance.birth_date)),
        ("Sex", instance.sex),
        ("Age", instance.age),
    )


def _acquisition(reading: Reading) -> tuple[Line, ...]:
    instance, image = reading.instance, reading.image
    return (
        ("View", instance.view_position or instance.modality),
        ("Study date", date_text(instance.study_date)),
        ("Study", instance.study_description),
        ("Accession number", instance.accession_number),
        ("Size", f"{image.columns} × {image.rows}, {image.header.bits_stored} bit"),
        ("Instance", instance.sop_instance_uid or instance.path.name),
        ("Instance key", reading.key),
    )


def _reading(session: ReviewSession) -> tuple[Line, ...]:
    review = session.review
    return (
        ("Reader", f"{review.reader if review else session.reader} (self-asserted)"),
        ("Signed", _time(review.signed_at.astimezone()) if review else "not signed"),
        ("Second read", "asked for" if session.note.needs_second_read else ""),
        ("Boxes of a withheld image", "were asked for" if session.is_shown_anyway else ""),
    )


def _model(session: ReviewSession, verdict: GateVerdict) -> tuple[Line, ...]:
    model, thresholds = session.model, session.thresholds
    if model is None or thresholds is None:
        return (("Bundle", "none"),)
    return (
        ("Bundle", f"{model.name}, {model.members} members"),
        ("Digest (sha256)", model.digest),
        ("Learned from", model.learned_from),
        ("Thresholds", f"score {thresholds.score:g}, overlap {thresholds.overlap:g}, size {thresholds.size_text}"),
        ("Operating point", operating_point.sentence(model, thresholds, is_withheld=verdict.withheld)),
        ("Engine", model.device),
        ("Withheld", verdict.reason if verdict.withheld else ""),
    )


def _verdict(session: ReviewSession) -> str:
    outcome, review = session.outcome, session.review
    if outcome is None:
        return "No verdict yet"
    words = OUTCOME_TEXT[outcome]
    return (
        f"{words}, signed by {review.reader} on {_time(review.signed_at.astimezone())}"
        if review
        else f"{words}, not signed"
    )


def _findings(session: ReviewSession, reading: Reading) -> tuple[ReportFinding, ...]:
    by_uid: dict[str, Finding] = {finding.uid: finding for finding in session.findings}
    rows = finding_model.rows_of(session.detections, session.findings, reading.image.header)
    return tuple(_row(row, by_uid[row.uid].box) for row in rows if row.kind is not Kind.DETECTION)


def _unjudged(detections: Detections, reading: Reading) -> tuple[ReportFinding, ...]:
    rows = finding_model.rows_of(detections, (), reading.image.header)
    return tuple(_row(row, Box.from_row(detections.boxes[number])) for number, row in enumerate(rows))


def _row(row: FindingRow, box: Box) -> ReportFinding:
    return ReportFinding(row.title, row.detail, f"{box.x1:.1f}, {box.y1:.1f}, {box.width:.1f}, {box.height:.1f}")


def _picture_words(view: ImageCanvas) -> str:
    parts = [
        "As displayed: " + (window_drag.in_words(view.voi) if view.voi is not None else ""),
        "inverted" if view.is_inverted else "",
        view.transform.orientation.words,
        "" if view.are_boxes_visible else "boxes hidden",
    ]
    return ", ".join(part for part in parts if part) + "."


def _others(instance: Instance, entries: tuple[WorklistEntry, ...]) -> tuple[Line, ...]:
    return tuple(
        (entry.subtitle, entry.line)
        for entry in entries
        if entry.instance and entry.path != instance.path and is_same_study(instance, entry.instance)
    )


def _time(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M}"
