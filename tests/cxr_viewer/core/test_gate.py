"""Header rules: what is withheld from the detector, and in which words."""

from dataclasses import replace
from pathlib import Path

import pytest

from cxr_viewer.core.gate import (
    PASSED,
    GateScore,
    GateVerdict,
    first_withheld,
    header_verdict,
    learned_verdict,
    pixel_verdict,
)
from cxr_viewer.core.studies import Instance

FRONTAL = Instance(
    path=Path("a.dcm"),
    rows=2000,
    columns=1800,
    modality="CR",
    body_part="CHEST",
    view_position="PA",
    photometric="MONOCHROME2",
)
SILENT = Instance(path=Path("a.dcm"), rows=1024, columns=1024, photometric="MONOCHROME2")


def test_a_frontal_chest_radiograph_passes() -> None:
    assert header_verdict(FRONTAL) == PASSED
    for modality in ("DX", "DR", "RG", "cr "):
        assert not header_verdict(replace(FRONTAL, modality=modality)).withheld


def test_what_the_header_does_not_say_passes() -> None:
    assert not header_verdict(SILENT).withheld
    assert not header_verdict(replace(SILENT, modality="DX")).withheld
    assert not header_verdict(replace(SILENT, modality="CR", body_part="UNKNOWN")).withheld


def test_images_without_a_header_pass() -> None:
    assert not header_verdict(Instance(path=Path("a.png"), rows=20, columns=20, is_dicom=False)).withheld


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"modality": "CT"}, "not a radiograph: computed tomography (CT)"),
        ({"modality": "XYZ"}, "not a radiograph: modality XYZ"),
        ({"modality": "", "sop_class_uid": "1.2.840.10008.5.1.4.1.1.4"}, "not a radiograph: magnetic resonance (MR)"),
        ({"species": "Canine"}, "not a person: the header says Canine"),
        ({"photometric": "RGB", "samples_per_pixel": 3}, "colour image (RGB)"),
        ({"photometric": "PALETTE COLOR"}, "colour image (PALETTE COLOR)"),
        ({"presentation_intent": "FOR PROCESSING"}, "raw detector image for processing, not meant for display"),
        ({"body_part": "HIP"}, "not a chest: the header says pelvis or hip (HIP)"),
        ({"body_part": "QUADRICEPS"}, "not a chest: the header says QUADRICEPS"),
        (
            {"body_part": "", "image_descriptions": ("Knie 2 Ebenen",)},
            "not a chest: the header says leg (Knie 2 Ebenen)",
        ),
        (
            {"body_part": "", "study_description": "HIP JOINT"},
            "not a chest: the header says pelvis or hip (HIP JOINT)",
        ),
        ({"view_position": "LL"}, "lateral view (view position LL)"),
        ({"view_position": "RAO"}, "oblique view (view position RAO)"),
        ({"view_position": "LLD"}, "decubitus view (view position LLD)"),
        ({"view_position": "", "view_code": "left lateral"}, "lateral view (view position left lateral)"),
        ({"view_position": "", "patient_orientation": ("P", "F")}, "lateral view (patient orientation P\\F)"),
        ({"view_position": "", "patient_orientation": ("P", "L")}, "not a frontal view (patient orientation P\\L)"),
        ({"view_position": "", "image_descriptions": ("Thorax lateral",)}, "lateral view (Thorax lateral)"),
        ({"rows": 128, "columns": 128}, "too small for a radiograph (128 x 128 pixels)"),
        ({"rows": 6000, "columns": 1500}, "too long and narrow for a chest radiograph (1500 x 6000 pixels)"),
    ],
)
def test_what_speaks_against_a_frontal_chest_withholds_with_the_reason(change: dict[str, object], reason: str) -> None:
    verdict = header_verdict(replace(FRONTAL, **change))  # type: ignore[arg-type]  # fields of different types
    assert (verdict.withheld, verdict.reason) == (True, reason)


def test_an_unspecific_modality_must_call_itself_a_chest() -> None:
    other = replace(SILENT, modality="OT")
    assert header_verdict(other).reason.startswith("modality OT (unspecific)")
    assert not header_verdict(replace(other, body_part="CHEST")).withheld
    assert not header_verdict(replace(other, study_description="Röntgen Thorax p.a.")).withheld
    # A data set of the CR class with the wrong modality is still a radiograph.
    assert not header_verdict(replace(other, sop_class_uid="1.2.840.10008.5.1.4.1.1.1")).withheld


def test_the_view_position_wins_over_a_doubtful_orientation() -> None:
    assert not header_verdict(replace(FRONTAL, patient_orientation=("P", "L"))).withheld


def test_a_study_of_several_parts_needs_only_to_include_the_chest() -> None:
    both = replace(FRONTAL, body_part="", study_description="XR chest and abdomen")
    assert not header_verdict(both).withheld
    spine = replace(FRONTAL, body_part="", study_description="thoracic spine")
    assert header_verdict(spine).withheld


def test_decoded_pixels_are_judged_by_size_and_colour() -> None:
    assert pixel_verdict(rows=1024, columns=1024, is_colour=False) == PASSED
    assert pixel_verdict(rows=1024, columns=1024, is_colour=True).reason == "colour image: a radiograph is grey"
    assert pixel_verdict(rows=64, columns=1024, is_colour=False).withheld


def test_the_learned_gate_withholds_above_its_limit_and_says_both() -> None:
    assert learned_verdict(None) == PASSED
    assert learned_verdict(GateScore(0.8, 0.8)) == PASSED
    verdict = learned_verdict(GateScore(0.912, 0.8))
    assert verdict.withheld
    assert verdict.reason == ("the image does not look like a frontal chest radiograph (gate score 0.91, limit 0.80)")


def test_the_first_verdict_that_withholds_gives_the_reason() -> None:
    header, learned = GateVerdict(True, "lateral view"), GateVerdict(True, "it looks odd")
    assert first_withheld(PASSED, header, learned) == header
    assert first_withheld(PASSED, learned) == learned
    assert first_withheld(PASSED, PASSED) == PASSED
