"""Instances put together to studies."""

from pathlib import Path

from cxr_viewer.core.studies import Catalogue, Instance, group


def instance(name: str, **values: object) -> Instance:
    return Instance(path=Path("/archive") / name, rows=10, columns=10, **values)  # type: ignore[arg-type]


def test_instances_are_grouped_by_study_and_series_and_ordered_by_number() -> None:
    common = {"study_instance_uid": "1.2", "patient_id": "A", "study_description": "Chest"}
    studies = group(
        [
            instance("c", series_instance_uid="1.2.2", series_number=2, instance_number=1, **common),
            instance("b", series_instance_uid="1.2.1", series_number=1, instance_number=2, **common),
            instance("a", series_instance_uid="1.2.1", series_number=1, instance_number=10, **common),
            instance("d", series_instance_uid="1.2.1", series_number=1, **common),
        ]
    )
    assert len(studies) == 1
    assert studies[0].description == "Chest"
    assert [[found.path.name for found in series.instances] for series in studies[0].series] == [["b", "a", "d"], ["c"]]
    assert [found.path.name for found in studies[0].instances] == ["b", "a", "d", "c"]


def test_patients_come_by_name_and_their_studies_newest_first() -> None:
    studies = group(
        [
            instance("1", study_instance_uid="1", patient_name="Berg, A", patient_id="2", study_date="20200101"),
            instance("2", study_instance_uid="2", patient_name="adler, B", patient_id="1", study_date="20190101"),
            instance("3", study_instance_uid="3", patient_name="Berg, A", patient_id="2", study_date="20210101"),
            instance("4", study_instance_uid="4"),
        ]
    )
    assert [study.study_instance_uid for study in studies] == ["2", "3", "1", "4"]


def test_one_uid_used_for_two_patients_makes_two_studies() -> None:
    studies = group(
        [
            instance("1", study_instance_uid="1.2.3.4.5.6", patient_id="A"),
            instance("2", study_instance_uid="1.2.3.4.5.6", patient_id="B"),
        ]
    )
    assert [study.patient_id for study in studies] == ["A", "B"]


def test_two_files_with_one_instance_uid_stay_two_instances() -> None:
    twins = [instance(name, study_instance_uid="1", sop_instance_uid="1.1") for name in ("x", "y")]
    assert len(group(twins)[0].instances) == 2


def test_images_without_uids_are_studies_of_their_folders() -> None:
    studies = group(
        [
            instance("first/1.png", is_dicom=False),
            instance("first/2.png", is_dicom=False),
            instance("second/1.png", is_dicom=False),
        ]
    )
    assert [(study.description, len(study.instances)) for study in studies] == [("first", 2), ("second", 1)]


def test_a_catalogue_runs_through_all_instances() -> None:
    studies = group([instance("a", study_instance_uid="1"), instance("b", study_instance_uid="2")])
    assert len(list(Catalogue(studies).instances)) == 2
