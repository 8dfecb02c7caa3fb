"""cxr-export keeps its contract: options, exit codes, one sentence for every error."""

import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cxr_viewer.commands import export as command
from cxr_viewer.core import correction_set
from cxr_viewer.core.findings import ReviewOutcome
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.locations import default_journal_path
from tests.cxr_viewer.reviews import sign
from tests.factories import dicom_file, finding, radiograph


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command.app, [str(argument) for argument in arguments])


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A journal with three reviews of two readers, one of an image that must not leave."""
    path = tmp_path / "store" / "journal.sqlite"
    with Journal.open(path) as journal:
        sign(journal, dicom_file(tmp_path / "1.dcm", radiograph(seed=1)), findings=[finding()])
        second = dicom_file(tmp_path / "2.dcm", radiograph(seed=2))
        sign(journal, second, ReviewOutcome.NO_OPACITY, reader="bob", days=10)
        sign(journal, dicom_file(tmp_path / "burned.dcm", radiograph(seed=3), BurnedInAnnotation="YES"))
    return path


def test_correction_set_is_the_default(store: Path, tmp_path: Path) -> None:
    ran = _run("--out", tmp_path / "out", "--store", store)
    assert ran.exit_code == 0, ran.output
    assert "2 reviews of 2 images, 1 not exported" in ran.stdout
    assert f"not exported: {tmp_path / 'burned.dcm'}" in ran.stderr
    assert len(correction_set.read(tmp_path / "out").reviews) == 2
    assert stat.S_IMODE(store.with_name("journal.sqlite.salt").stat().st_mode) == 0o600


def test_reader_and_date_choose(store: Path, tmp_path: Path) -> None:
    for name, options in {"reader": ["--reader", "bob"], "since": ["--since", "2024-05-10"]}.items():
        assert _run("--out", tmp_path / name, "--store", f"sqlite:///{store}", *options).exit_code == 0
        assert [review.reader for review in correction_set.read(tmp_path / name).reviews] == ["bob"]


def test_two_exports_give_the_same_keys(store: Path, tmp_path: Path) -> None:
    keys = []
    for name in ("first", "second"):
        assert _run("--out", tmp_path / name, "--store", store).exit_code == 0
        keys.append([review.key for review in correction_set.read(tmp_path / name).reviews])
    assert keys[0] == keys[1]


@pytest.mark.parametrize(
    ("form", "files"),
    [("rsna", {"labels.csv", "classes.csv", "images"}), ("coco", {"coco.json", "images"})],
)
def test_other_formats(form: str, files: set[str], store: Path, tmp_path: Path) -> None:
    assert _run("--out", tmp_path / "out", "--store", store, "--format", form).exit_code == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == files


def test_this_users_journal_is_the_default(tmp_path: Path) -> None:
    ran = _run("--out", tmp_path / "out")
    assert ran.exit_code == 1
    assert ran.stderr.count("\n") == 1
    with Journal.open(default_journal_path()) as journal:
        sign(journal, dicom_file(tmp_path / "1.dcm"), findings=[finding()])
    assert _run("--out", tmp_path / "out").exit_code == 0


def test_store_without_reviews_gives_an_empty_set(tmp_path: Path) -> None:
    Journal.open(tmp_path / "journal.sqlite").close()
    assert _run("--out", tmp_path / "out", "--store", tmp_path / "journal.sqlite").exit_code == 0
    assert correction_set.read(tmp_path / "out").reviews == ()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--out", "{tmp}/out", "--store", "{tmp}/none.sqlite"], "does not exist"),
        (["--out", "{tmp}/out", "--store", "postgresql://u:secret@host/db"], "PostgreSQL"),
        (["--out", "{tmp}/out", "--store", "{store}", "--since", "yesterday"], "2026-01-31"),
        (["--out", "{tmp}", "--store", "{store}"], "not empty"),
        (["--out", "{store}", "--store", "{store}"], "is a file"),
    ],
)
def test_wrong_call_is_one_sentence_and_exit_2(
    arguments: list[str], sentence: str, store: Path, tmp_path: Path
) -> None:
    ran = _run(*(argument.format(tmp=tmp_path, store=store) for argument in arguments))
    assert ran.exit_code == 2, ran.output
    assert sentence in ran.stderr
    assert ran.stderr.startswith("cxr-export: ")
    assert ran.stderr.count("\n") == 1
    assert "secret" not in ran.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("arguments", [[], ["--out", "o", "--format", "xml"], ["--nonsense"]])
def test_malformed_call_is_exit_2(arguments: list[str]) -> None:
    assert _run(*arguments).exit_code == 2


def test_file_that_is_no_store_is_one_sentence_and_exit_1(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, but long enough to look at" * 50, encoding="utf-8")
    ran = _run("--out", tmp_path / "out", "--store", tmp_path / "notes.txt")
    assert ran.exit_code == 1
    assert "notes.txt" in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_help_and_version_answer() -> None:
    assert "Example: cxr-export" in _run("--help").stdout
    assert "not a medical device" in _run("--version").stdout
