"""Tests of lists of persons for testing: who is on them, and the sentence that refuses."""

from pathlib import Path

import numpy as np
import pytest

from model_training import test_persons as persons
from model_training.dataset import PreparedExample, open_folders
from model_training.example import ImageClass
from model_training.test_persons import PersonListError
from tests.model_training.small import write_dataset

_NO_BOXES = np.zeros((0, 4), dtype=np.float32)


def example(key: str, person: str) -> PreparedExample:
    return PreparedExample(key, person, "test", ImageClass.NORMAL, 10, 10, _NO_BOXES, _NO_BOXES)


def written(folder: Path, text: str) -> persons.PersonList:
    path = folder / "persons.txt"
    path.write_text(text, encoding="utf-8")
    return persons.read(path)


@pytest.mark.parametrize("entry", ["nih-00001373", "00001373", "1373", "00001373_010.png", "00001373_002", "exam-a"])
def test_a_line_names_a_person_by_any_of_the_usual_names(tmp_path: Path, entry: str) -> None:
    listed = written(tmp_path, f"# held back\n\n{entry}  # seen twice\n")
    assert listed.line_of(example("exam-a", "nih-00001373")) == 3
    assert listed.line_of(example("exam-b", "nih-00001374")) is None


def test_nobody_on_the_list_passes_and_so_does_everybody_without_a_list(tmp_path: Path) -> None:
    persons.refuse([example("a", "p")], written(tmp_path, "q\n"))
    persons.refuse([example("a", "p")], None)


def test_persons_on_the_list_are_counted_and_the_first_named_with_their_lines(tmp_path: Path) -> None:
    listed = written(tmp_path, "".join(f"p{number}\n" for number in range(20)))
    examples = [example(f"key-{number}", f"p{number // 2}") for number in range(16)] + [example("other", "q")]
    with pytest.raises(PersonListError) as refused:
        persons.refuse(examples, listed)
    sentence = str(refused.value)
    assert sentence.startswith("16 of 17 images are of persons for testing only; persons found: 8, namely p0 (")
    assert f"p4 ({listed.path}, line 5), …" in sentence
    assert "p5 (" not in sentence
    assert "--for-testing" in sentence


def test_a_fit_refuses_a_dataset_for_testing_and_one_with_persons_on_the_list(tmp_path: Path) -> None:
    opened = open_folders([write_dataset(tmp_path / "data", count=4)])
    persons.refuse_to_learn(opened, None)
    with pytest.raises(PersonListError, match="1 of 4 images are of persons for testing only; persons found: 1"):
        persons.refuse_to_learn(opened, written(tmp_path, "data-3\n"))
    manifest = tmp_path / "data" / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace('"name"', '"for_testing": true, "name"'), encoding="utf-8")
    with pytest.raises(PersonListError, match="data was imported for testing"):
        persons.refuse_to_learn(open_folders([tmp_path / "data"]), None)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"# nobody\n\n", "names nobody"), ("Müller\n".encode("latin-1"), "cannot be read as UTF-8")],
)
def test_an_unusable_list_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "persons.txt").write_bytes(content)
    with pytest.raises(PersonListError, match=sentence):
        persons.read(tmp_path / "persons.txt")
    with pytest.raises(PersonListError, match="cannot be read"):
        persons.read(tmp_path / "nowhere.txt")
