"""Rows of a scan for tests."""

from cxr_viewer.scan.scanned_file import FoundBox, ScannedFile, Stamp, Status


def scanned_file(
    path: str = "/archive/a.dcm",
    status: Status = Status.OK,
    top_score: float | None = 0.9,
    detections: tuple[FoundBox, ...] = (FoundBox(10, 20, 30, 40, 0.9, 3, 4),),
    key: str = "a" * 64,
    thumbnail: str = "",
    reason: str = "",
    seconds: float = 0.125,
) -> ScannedFile:
    """Return the row of an image of 100 x 120 pixels; files that are not ``ok`` have no detection."""
    is_read = status is Status.OK
    return ScannedFile(
        stamp=Stamp(path, 1000, 5),
        status=status,
        reason=reason,
        frame=None if status is Status.SKIPPED else 1,
        instance_key=key if status in (Status.OK, Status.WITHHELD) else "",
        sop_instance_uid="1.2.3",
        study_instance_uid="1.2",
        presentation=key[::-1] if is_read else "",
        rows=120 if is_read else 0,
        columns=100 if is_read else 0,
        opacity_probability=0.5 if is_read else None,
        top_score=top_score if is_read else None,
        detections=detections if is_read else (),
        seconds=seconds,
        thumbnail=thumbnail,
    )
