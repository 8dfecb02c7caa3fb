"""Body parts and views in the words of real headers."""

import pytest

from cxr_viewer.core.header_words import BodyPart, View, body_parts_in, describes_nothing, view_in


@pytest.mark.parametrize(
    "text",
    [
        "CHEST",
        "Thorax",
        "TÓRAX",
        "TORACE,FRN P->A",
        "Lunge",
        "Poumons face",
        "klatka piersiowa",
        "грудная клетка",
        "胸部正面",
        "Chest X-Ray - PA Lateral and Oblique Views",
        "CXR portable",
        "Torax PA de pie",
    ],
)
def test_a_chest_is_recognised_in_many_languages(text: str) -> None:
    assert body_parts_in(text) == (BodyPart.CHEST,)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("HIP JOINT", BodyPart.PELVIS),
        ("BACINO ANCA", BodyPart.PELVIS),
        ("CSPINE", BodyPart.SPINE),
        ("thoracic spine", BodyPart.SPINE),
        ("ABDOMEN", BodyPart.ABDOMEN),
        ("Schädel", BodyPart.HEAD),
        ("Hüfte links", BodyPart.PELVIS),
        ("Knie", BodyPart.LEG),
        ("MODALITYLUT - TEETH", BodyPart.TEETH),
        ("EXTREMITY", BodyPart.EXTREMITY),
        ("HAND", BodyPart.HAND),
    ],
)
def test_other_body_parts_come_before_the_chest(text: str, part: BodyPart) -> None:
    assert body_parts_in(text)[0] is part


@pytest.mark.parametrize("text", ["", "mobile C-arm", "Nodule", "de face", "ROUTINE", "handheld device"])
def test_words_that_name_no_body_part_name_none(text: str) -> None:
    assert body_parts_in(text) == ()


def test_a_body_part_of_general_words_says_nothing() -> None:
    assert describes_nothing("")
    assert describes_nothing("UNKNOWN")
    assert not describes_nothing("QUADRICEPS")


@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("PA", View.FRONTAL),
        ("AP_SUPINE", View.FRONTAL),
        ("view: AP", View.FRONTAL),
        ("postero-anterior", View.FRONTAL),
        ("thorax de face", View.FRONTAL),
        ("TORACE,FRN P->A", View.FRONTAL),
        ("LL", View.LATERAL),
        ("LATERAL", View.LATERAL),
        ("Thorax seitlich", View.LATERAL),
        ("profil", View.LATERAL),
        ("LLD", View.DECUBITUS),
        ("left lateral decubitus", View.DECUBITUS),
        ("RAO", View.OBLIQUE),
        ("AP lordotic", View.OBLIQUE),
    ],
)
def test_views_are_recognised(text: str, view: View) -> None:
    assert view_in(text) is view


@pytest.mark.parametrize("text", ["", "Chest PA and lateral", "portable", "W Chest Lat. PA"])
def test_words_that_name_no_view_or_several_decide_nothing(text: str) -> None:
    assert view_in(text) is None
