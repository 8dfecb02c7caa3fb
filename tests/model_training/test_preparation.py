"""Tests of imports: the right pixels and boxes, going on after a stop, problems named, nothing dropped in silence."""

import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image

from cxr_viewer.core.geometry import Box
from cxr_viewer.core.whole_folder import FolderInUseError
from cxr_viewer.detection.preprocessing import letterbox
from cxr_viewer.dicom import pixels, windowing
from model_training import dataset, preparation
from model_training.dataset import DatasetError, open_folders
from model_training.example import Example, ImageClass
from tests.factories import dicom_dataset, radiograph

ROWS, COLUMNS = 120, 90


@pytest.fixture
def examples(tmp_path: Path) -> list[Example]:
    """Five small radiographs, every other one with a box and a rejected place."""
    (tmp_path / "images").mkdir()
    made = []
    for number in range(5):
        path = tmp_path / "images" / f"{number}.dcm"
        dicom_dataset(radiograph(ROWS, COLUMNS, seed=number)).save_as(path, enforce_file_format=True)
        has_box = number % 2 == 0
        made.append(
            Example(
                path=path,
                key=f"key-{number}",
                boxes=(Box(10, 20, 50.5, 80),) if has_box else (),
                image_class=ImageClass.OPACITY if has_box else ImageClass.NORMAL,
                person=f"person-{number // 2}",
                source="test",
                hard_negatives=(Box(60, 60, 80, 100),) if has_box else (),
                label_places=("labels.csv, line 2",) if has_box else (),
            )
        )
    return made


@pytest.mark.parametrize("workers", [0, 2])
def test_prepared_pixels_are_what_viewer_and_detector_see(
    tmp_path: Path, examples: list[Example], workers: int
) -> None:
    told: list[tuple[int, int]] = []
    preparation.prepare(
        examples, tmp_path / "out", 64, "name", workers, on_progress=lambda done, total: told.append((done, total))
    )
    opened = open_folders([tmp_path / "out"])
    assert (opened.name, opened.side, len(opened)) == ("name", 64, 5)
    assert told[-1] == (5, 5)
    for index, example in enumerate(examples):
        expected, _ = letterbox(windowing.presentation(pixels.decode(example.path)), 64)
        np.testing.assert_array_equal(opened.image(index), expected)
        found = opened.examples[index]
        assert (found.key, found.person, found.source, found.image_class) == (
            example.key,
            example.person,
            example.source,
            example.image_class,
        )
        assert (found.rows, found.columns) == (ROWS, COLUMNS)
        assert len(found.boxes) == len(found.hard_negatives) == len(example.boxes)
    np.testing.assert_allclose(opened.examples[0].boxes, [[10, 20, 50.5, 80]])
    np.testing.assert_allclose(opened.examples[0].hard_negatives, [[60, 60, 80, 100]])
    batch = dataset.collect(opened, [0, 1], [7, 8])
    scale = 64 / 120
    np.testing.assert_allclose(batch.boxes[0], np.array([[10, 20, 50.5, 80]]) * scale + [8, 0, 8, 0], atol=0.1)
    assert batch.classes.tolist() == [2, 1]
    assert batch.positions == (7, 8)


def test_an_example_knows_the_file_it_came_from(tmp_path: Path, examples: list[Example]) -> None:
    Image.fromarray(np.full((ROWS, COLUMNS), 90, dtype=np.uint8)).save(tmp_path / "images" / "plain.png")
    plain = dataclasses.replace(
        examples[1], path=tmp_path / "images" / "plain.png", sop_instance_uid="1.2.3", study_instance_uid="1.2"
    )
    examples[0] = dataclasses.replace(examples[0], reader="ada", is_consensus=True, sop_instance_uid="9.9")
    preparation.prepare([examples[0], plain], tmp_path / "out", 64, "name", 0)
    first, second = open_folders([tmp_path / "out"]).examples
    header = pydicom.dcmread(examples[0].path)
    assert (first.sop_instance_uid, first.study_instance_uid) == (header.SOPInstanceUID, header.StudyInstanceUID)
    assert (second.sop_instance_uid, second.study_instance_uid) == ("1.2.3", "1.2")
    assert first.image_digest == hashlib.sha256(examples[0].path.read_bytes()).hexdigest()
    assert second.image_digest == hashlib.sha256(plain.path.read_bytes()).hexdigest()
    assert (first.reader, first.is_consensus) == ("ada", True)
    assert (second.reader, second.is_consensus) == ("", False)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["sources"], manifest["readers"]) == ({"test": 2}, {"ada": 1})
    assert (manifest["persons"], manifest["consensus"], manifest["for_testing"]) == (1, 1, False)


def test_pixels_are_mapped_and_not_loaded(tmp_path: Path, examples: list[Example]) -> None:
    opened = open_folders([preparation.prepare(examples, tmp_path / "data", 64, "mapped")])
    [pixels] = opened.pixels
    assert isinstance(pixels, np.memmap)
    assert np.shares_memory(opened.image(0), pixels)


def test_the_digest_is_of_what_is_learned_and_not_of_who_read_it(tmp_path: Path, examples: list[Example]) -> None:
    def digest(name: str, changed: list[Example]) -> str:
        return open_folders([preparation.prepare(changed, tmp_path / name, 64, name, 0)]).digest

    plain = digest("plain", examples)
    assert digest("reader", [dataclasses.replace(example, reader="ada") for example in examples]) == plain
    assert digest("consensus", [dataclasses.replace(example, is_consensus=True) for example in examples]) != plain
    assert digest("person", [dataclasses.replace(example, person="p") for example in examples]) != plain


def test_a_dataset_for_testing_says_so_alone_and_with_others(tmp_path: Path, examples: list[Example]) -> None:
    left_out = ["labels.csv, line 9: there is no image named z"]
    tests = preparation.prepare(examples[:2], tmp_path / "tests", 64, "t", 0, for_testing=True, left_out=left_out)
    others = preparation.prepare(examples[2:], tmp_path / "others", 64, "o", 0)
    assert open_folders([tests]).for_testing
    assert not open_folders([others]).for_testing
    assert open_folders([others, tests]).for_testing
    assert json.loads((tests / "manifest.json").read_text(encoding="utf-8"))["left_out"] == left_out
    with pytest.raises(FolderInUseError, match="holds another dataset"):
        preparation.prepare(examples[:2], tests, 64, "t", 0)


def test_a_dataset_of_the_first_version_still_opens(tmp_path: Path, examples: list[Example]) -> None:
    out = preparation.prepare(examples, tmp_path / "out", 64, "name", 0)
    digest = open_folders([out]).digest
    new = ("reader", "sop_instance_uid", "study_instance_uid", "image_digest")
    rows = [json.loads(line) for line in (out / "examples.jsonl").read_text(encoding="utf-8").splitlines()]
    lines = [json.dumps({name: row[name] for name in row if name not in new}, separators=(",", ":")) for row in rows]
    (out / "examples.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    keep = ("format", "name", "side", "count", "digest", "asked", "left_out")
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    first = {"version": 1} | {name: manifest[name] for name in keep}
    (out / "manifest.json").write_text(json.dumps(first), encoding="utf-8")
    opened = open_folders([out])
    assert not opened.for_testing
    assert opened.examples[0].image_digest == opened.examples[0].reader == ""
    assert opened.digest == hashlib.sha256("\n".join(lines).encode() + (out / "pixels.u8").read_bytes()).hexdigest()
    assert opened.digest == digest  # a set made anew from the same files keeps its digest


def test_an_interrupted_import_goes_on_and_does_not_decode_twice(
    tmp_path: Path, examples: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        del total
        if done == 3:
            raise Stopped

    with pytest.raises(Stopped):
        preparation.prepare(examples, tmp_path / "out", 64, "name", 0, on_progress=stop)
    with pytest.raises(DatasetError, match="no prepared dataset"):
        open_folders([tmp_path / "out"])
    with (tmp_path / "out" / "import.partial.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('{"index": 3, "ro')  # the line that a kill cuts
    decoded: list[Path] = []
    decode = pixels.decode

    def counted(path: Path) -> pixels.DecodedInstance:
        decoded.append(path)
        return decode(path)

    monkeypatch.setattr(pixels, "decode", counted)
    preparation.prepare(examples, tmp_path / "out", 64, "name", 0)
    assert decoded == [example.path for example in examples[3:]]
    preparation.prepare(examples, tmp_path / "whole", 64, "name", 0)
    first, second = (open_folders([tmp_path / name]) for name in ("out", "whole"))
    assert first.digest == second.digest
    np.testing.assert_array_equal(first.pixels[0], second.pixels[0])


def test_a_finished_import_is_left_alone_and_another_one_refused(tmp_path: Path, examples: list[Example]) -> None:
    out = preparation.prepare(examples, tmp_path / "out", 64, "name", 0)
    before = (out / "pixels.u8").stat().st_mtime_ns
    preparation.prepare(examples, tmp_path / "out", 64, "name", 0)
    assert (out / "pixels.u8").stat().st_mtime_ns == before
    with pytest.raises(FolderInUseError, match="holds another dataset"):
        preparation.prepare(examples, tmp_path / "out", 32, "name", 0)
    with pytest.raises(FolderInUseError, match="not empty"):
        preparation.prepare(examples, tmp_path / "images", 32, "name", 0)


def test_unreadable_images_are_named_and_left_out_only_on_demand(tmp_path: Path, examples: list[Example]) -> None:
    examples[1].path.write_bytes(b"no image at all")
    with pytest.raises(DatasetError, match=r"1 problem:\n.*1\.dcm: "):
        preparation.prepare(examples, tmp_path / "out", 64, "name", 0)
    preparation.prepare(examples, tmp_path / "out", 64, "name", 0, leave_out_unreadable=True)
    opened = open_folders([tmp_path / "out"])
    assert [example.key for example in opened.examples] == ["key-0", "key-2", "key-3", "key-4"]
    expected, _ = letterbox(windowing.presentation(pixels.decode(examples[4].path)), 64)
    np.testing.assert_array_equal(opened.image(3), expected)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["left_out"]) == 1


def test_a_box_outside_its_image_is_named_with_file_and_line(tmp_path: Path, examples: list[Example]) -> None:
    examples[2] = dataclasses.replace(examples[2], boxes=(Box(10, 20, 95, 80),))
    with pytest.raises(
        DatasetError, match=r"labels.csv, line 2: the box 10, 20 to 95, 80 of key-2 leaves its image of 90 x 120"
    ):
        preparation.prepare(examples, tmp_path / "out", 64, "name", 0)
    examples[2] = dataclasses.replace(examples[2], boxes=(Box(10, 20, 50, 80),))


def test_an_image_of_another_size_than_its_labels_say_is_named(tmp_path: Path, examples: list[Example]) -> None:
    examples[0] = dataclasses.replace(examples[0], stated_size=(2 * ROWS, 2 * COLUMNS))
    with pytest.raises(DatasetError, match=r"0\.dcm: the labels say 180 x 240 pixels, but the image has 90 x 120"):
        preparation.prepare(examples, tmp_path / "out", 64, "name", 0)
    examples[0] = dataclasses.replace(examples[0], stated_size=(ROWS, COLUMNS))
    preparation.prepare(examples, tmp_path / "other", 64, "name", 0)


def test_nothing_to_import_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="nothing to import"):
        preparation.prepare([], tmp_path / "out", 64, "name", 0)


def test_datasets_of_one_size_are_opened_as_one(tmp_path: Path, examples: list[Example]) -> None:
    preparation.prepare(examples[:2], tmp_path / "first", 64, "first", 0)
    preparation.prepare(examples[2:], tmp_path / "second", 64, "second", 0)
    both = open_folders([tmp_path / "first", tmp_path / "second"])
    assert both.name == "first + second"
    assert [example.key for example in both.examples] == [example.key for example in examples]
    np.testing.assert_array_equal(both.image(3), open_folders([tmp_path / "second"]).image(1))
    preparation.prepare(examples[2:], tmp_path / "other", 32, "other", 0)
    with pytest.raises(DatasetError, match="different sizes"):
        open_folders([tmp_path / "first", tmp_path / "other"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda folder: (folder / "pixels.u8").write_bytes(b"short"), "incomplete"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "damaged"),
        (lambda folder: (folder / "manifest.json").write_text('{"format": "other"}'), "unknown format"),
        (lambda folder: (folder / "manifest.json").unlink(), "no prepared dataset"),
    ],
)
def test_a_broken_dataset_is_refused_with_a_sentence(
    tmp_path: Path, examples: list[Example], change: object, sentence: str
) -> None:
    out = preparation.prepare(examples, tmp_path / "out", 64, "name", 0)
    assert callable(change)
    change(out)
    with pytest.raises(DatasetError, match=sentence):
        open_folders([out])
