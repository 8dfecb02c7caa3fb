"""The challenge's CSVs survive the round trip, and the real ones are read with their known counts."""

import csv
import gzip
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_viewer.core.geometry import Box
from cxr_viewer.core.interchange import rsna_csv
from cxr_viewer.core.interchange.rsna_csv import LabelledImage, RsnaCsvError, ScoredBox
from tests import real_data

_corner = st.floats(0, 5000, width=32)
_side = st.floats(0.015625, 5000, width=32)
_box = st.builds(lambda x, y, w, h: rsna_csv.on_grid(Box(x, y, x + w, y + h)), _corner, _corner, _side, _side)
_name = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), min_size=1, max_size=12)
_image = st.builds(
    lambda name, boxes, absent: LabelledImage(name, tuple(boxes), "Lung Opacity" if boxes else absent),
    _name,
    st.lists(_box, max_size=4, unique=True),
    st.sampled_from(("Normal", "No Lung Opacity / Not Normal")),
)


@given(images=st.lists(_image, max_size=6, unique_by=lambda image: image.image_id))
def test_labels_and_classes_survive_the_round_trip(
    images: list[LabelledImage], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("rsna")
    rsna_csv.write_labels(folder / "labels.csv", images)
    rsna_csv.write_classes(folder / "classes.csv", images)
    assert rsna_csv.read(folder / "labels.csv", folder / "classes.csv") == tuple(images)


_hundredth = st.integers(0, 400_000).map(lambda value: value / 100)
_scored = st.builds(
    lambda score, x, y, w, h: ScoredBox(score / 10_000, Box(x, y, x + w + 1, y + h + 1)),
    st.integers(0, 10_000),
    *[_hundredth] * 4,
)


@given(predictions=st.dictionaries(_name, st.lists(_scored, max_size=4).map(tuple), max_size=4))
def test_submission_survives_the_round_trip_to_its_decimals(
    predictions: dict[str, tuple[ScoredBox, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("rsna") / "submission.csv"
    rsna_csv.write_submission(path, predictions)
    read = rsna_csv.read_submission(path)
    assert list(read) == list(predictions)
    for name, boxes in predictions.items():
        assert [each.score for each in read[name]] == [each.score for each in boxes]
        for before, after in zip(boxes, read[name], strict=True):
            assert after.box.x1 == pytest.approx(before.box.x1, abs=0.0051)
            assert after.box.y2 == pytest.approx(before.box.y2, abs=0.0101)


def test_files_look_as_the_challenge_writes_them(tmp_path: Path) -> None:
    images = [LabelledImage("a", (Box(264, 152, 477, 531), Box(562, 152, 818, 605)), "Lung Opacity")]
    images.append(LabelledImage("b", (), "Normal"))
    rsna_csv.write_labels(tmp_path / "labels.csv", images)
    rsna_csv.write_classes(tmp_path / "classes.csv", images)
    assert (tmp_path / "labels.csv").read_bytes() == (
        b"patientId,x,y,width,height,Target\na,264.0,152.0,213.0,379.0,1\na,562.0,152.0,256.0,453.0,1\nb,,,,,0\n"
    )
    assert (tmp_path / "classes.csv").read_bytes() == b"patientId,class\na,Lung Opacity\na,Lung Opacity\nb,Normal\n"
    assert rsna_csv.prediction_string([ScoredBox(0.5, Box(0, 0, 100, 100))]) == "0.5000 0.00 0.00 100.00 100.00"
    assert rsna_csv.prediction_string([]) == ""


def test_image_without_class_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RsnaCsvError, match="no class"):
        rsna_csv.write_classes(tmp_path / "classes.csv", [LabelledImage("a", ())])


LABELS = """patientId,x,y,width,height,Target
a,,,,,0
b,264.0,152.0,213.0,379.0,1
b,562.0,152.0,256.0,453.0,1
c,,,,,0
"""


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("height,Target", "tall,Target", r"labels\.csv, line 1: the column 'height' is missing"),
        ("height,Target", "height,Target,Target", "line 1: the column 'Target' is there twice"),
        ("c,,,,,0", "c,,,,,0\nb,264.0,152.0,213.0,379.0,1", r"line 6: repeats .*labels\.csv, line 3"),
        ("c,,,,,0", "c,,,,,0\na,,,,,0", "line 6: repeats .*line 2"),
        ("c,,,,,0", "c,1,2,3,4,0", "line 5: Target is 0 but there is a box"),
        ("c,,,,,0", "c,1,2,x,4,1", "line 5: '1 2 x 4' should be 4 numbers"),
        ("c,,,,,0", "c,1,2,,4,1", "line 5: '1 2  4' should be 4 numbers"),
        ("c,,,,,0", "c,1,2,nan,4,1", "line 5: .*finite"),
        ("c,,,,,0", "c,NaN,2,3,4,1", "line 5: .*finite"),
        ("c,,,,,0", "c,1,inf,3,4,1", "line 5: .*finite"),
        ("c,,,,,0", "c,1,2,0,4,1", "line 5: the box is 0 wide and 4 high"),
        ("c,,,,,0", "c,1,2,3,-4,1", "line 5: the box is 3 wide and -4 high"),
        ("c,,,,,0", "c,,,,,2", "line 5: the Target is '2', not 0 or 1"),
        ("c,,,,,0", "c,,,,,", "line 5: the Target is '', not 0 or 1"),
        ("c,,,,,0", "b,,,,,0", "line 5: b was negative or positive already in .*line 3"),
        ("c,,,,,0", "a,1,2,3,4,1", "line 5: a was negative or positive already in .*line 2"),
        ("c,,,,,0", ",,,,,0", "line 5: the patientId is empty"),
        ("c,,,,,0", "c,,,,,0,1", "line 5: the row has more cells than the header"),
        ("c,,,,,0", 'c,"x,,,,0', "cannot be read as CSV"),
    ],
)
def test_broken_labels_are_refused_with_the_line(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(LABELS.replace(before, after), encoding="utf-8")
    with pytest.raises(RsnaCsvError, match=sentence):
        rsna_csv.read(path)


def test_all_problems_are_counted_and_the_first_ones_named(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(LABELS + "".join(f"x{number},,,,,5\n" for number in range(30)), encoding="utf-8")
    with pytest.raises(RsnaCsvError, match=r"30 problems:(.|\n)*line 15(.|\n)*and 20 more"):
        rsna_csv.read(path)


def test_rows_know_where_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(LABELS, encoding="utf-8")
    a, b, c = rsna_csv.read(path)
    assert [[place.line for place in image.places] for image in (a, b, c)] == [[2], [3, 4], [5]]
    assert str(b.places[1]) == f"{path}, line 4"


def test_byte_order_mark_windows_lines_and_compression_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(LABELS, encoding="utf-8")
    expected = rsna_csv.read(path)
    path.write_bytes(LABELS.replace("\n", "\r\n").encode("utf-8-sig"))
    assert rsna_csv.read(path) == expected
    packed = tmp_path / "labels.csv.gz"
    packed.write_bytes(gzip.compress(LABELS.encode()))
    assert rsna_csv.read(packed) == expected


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (LABELS.replace("c,", "Müller,").encode("latin-1"), r"line 5: the text is not UTF-8 \(byte 0xfc\)"),
        (LABELS.encode("utf-16"), "line 1: the text is not UTF-8"),
        (b"", "line 1: the column 'patientId' is missing"),
        (b"\x00" * 20, "the column 'patientId' is missing|cannot be read as CSV"),
    ],
)
def test_a_file_of_another_encoding_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_bytes(content)
    with pytest.raises(RsnaCsvError, match=sentence):
        rsna_csv.read(path)


def test_a_cut_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv.gz"
    path.write_bytes(gzip.compress(LABELS.encode())[:-12])
    with pytest.raises(RsnaCsvError, match=r"labels\.csv\.gz cannot be read"):
        rsna_csv.read(path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("patientId,class\na,Perhaps\n", "line 2: unknown class 'Perhaps'"),
        ("patientId,class\na,Normal\na,Lung Opacity\n", "line 3: a had another class before"),
    ],
)
def test_broken_classes_are_refused_with_the_line(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "classes.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RsnaCsvError, match=sentence):
        rsna_csv.read_classes(path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("patientId,class\na,Normal\nb,Lung Opacity\n", r"classes\.csv: there is no class of c \(.*line 5\)"),
        (
            "patientId,class\na,Normal\nb,Normal\nc,Normal\n",
            r"b is 'Normal' but its Target says otherwise \(.*line 3\)",
        ),
    ],
)
def test_classes_that_do_not_fit_the_labels_are_refused(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "labels.csv").write_text(LABELS, encoding="utf-8")
    (tmp_path / "classes.csv").write_text(text, encoding="utf-8")
    with pytest.raises(RsnaCsvError, match=sentence):
        rsna_csv.read(tmp_path / "labels.csv", tmp_path / "classes.csv")


def test_broken_submission_and_missing_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "submission.csv"
    path.write_text("patientId,PredictionString\na,0.5 1 2 3\n", encoding="utf-8")
    with pytest.raises(RsnaCsvError, match="five numbers"):
        rsna_csv.read_submission(path)
    with pytest.raises(RsnaCsvError, match="cannot be read"):
        rsna_csv.read_submission(tmp_path / "none.csv")


def test_real_stage_2_labels_have_their_known_counts() -> None:
    folder = real_data.folder("labels/rsna")
    images = rsna_csv.read(folder / "stage_2_train_labels.csv", folder / "stage_2_detailed_class_info.csv")
    assert len(images) == 26_684
    assert Counter(image.image_class for image in images) == {
        "Normal": 8_851,
        "No Lung Opacity / Not Normal": 11_821,
        "Lung Opacity": 6_012,
    }
    assert sum(len(image.boxes) for image in images) == 9_555


def test_real_labels_written_again_have_the_same_rows(tmp_path: Path) -> None:
    folder = real_data.folder("labels/rsna_subset")
    source = folder / "stage_2_train_labels_subset.csv"
    images = rsna_csv.read(source, folder / "stage_2_detailed_class_info_subset.csv")
    rsna_csv.write_labels(tmp_path / "labels.csv", images)

    def rows(path: Path) -> list[tuple[str, ...]]:
        with path.open(encoding="utf-8", newline="") as file:
            cells = list(csv.reader(file))[1:]
        return sorted((row[0], *(f"{float(cell):g}" if cell else "" for cell in row[1:])) for row in cells)

    assert rows(tmp_path / "labels.csv") == rows(source)
