"""Instances as headers tell of them, for tests without files."""

from pathlib import Path

from cxr_viewer.core.studies import Instance


def instance(name: str, **elements: object) -> Instance:
    """Return a frontal chest radiograph of an invented patient; keyword arguments replace elements."""
    values: dict[str, object] = {
        "path": Path(f"/ward/{name}.dcm"),
        "rows": 300,
        "columns": 260,
        "patient_id": "P1",
        "patient_name": "Lovelace^Ada",
        "birth_date": "19500102",
        "sex": "F",
        "study_instance_uid": f"1.2.{name}",
        "sop_instance_uid": f"1.2.{name}.1",
        "study_date": "20200102",
        "view_position": "PA",
    }
    return Instance(**(values | elements))  # type: ignore[arg-type]
