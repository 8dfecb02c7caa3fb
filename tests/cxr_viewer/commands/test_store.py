"""cxr-store keeps its contract: exit codes, one sentence for every outcome."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cxr_viewer.commands import store as command
from cxr_viewer.store import locations
from cxr_viewer.store.candidate_cache import CandidateCache
from cxr_viewer.store.journal import Journal
from tests.cxr_viewer.reviews import sign
from tests.factories import dicom_file, radiograph


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command.app, [str(argument) for argument in arguments])


@pytest.fixture
def journal_file(tmp_path: Path) -> Path:
    """This user's journal, with one review."""
    path = locations.default_journal_path()
    with Journal.open(path) as journal:
        sign(journal, dicom_file(tmp_path / "1.dcm", radiograph(), PatientName="Doe^Jane"))
    return path


def test_backup_and_restore_give_the_reviews_back(journal_file: Path, tmp_path: Path) -> None:
    made = _run("backup", tmp_path / "copy.sqlite")
    assert made.exit_code == 0, made.output
    assert "keep it safe" in made.stdout
    with Journal.open(journal_file) as journal:
        sign(journal, dicom_file(tmp_path / "2.dcm", radiograph(seed=2)))
    back = _run("restore", tmp_path / "copy.sqlite")
    assert back.exit_code == 0, back.output
    assert "kept as" in back.stdout
    with Journal.open(journal_file) as journal:
        assert len(journal.signed_reviews()) == 1


def test_wrong_calls_end_with_2_and_a_sentence(journal_file: Path, tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    for arguments in (
        ["backup", tmp_path / "there"],
        ["restore", tmp_path / "missing"],
        ["backup", tmp_path / "new", "--store", tmp_path / "missing"],
        ["info", "--store", "postgresql://host/reviews"],
    ):
        ran = _run(*arguments)
        assert ran.exit_code == 2, ran.output
        assert ran.stderr.startswith("cxr-store: ")
        assert ran.stderr.count("\n") == 1


def test_what_is_no_copy_ends_with_1(journal_file: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("notes")
    ran = _run("restore", tmp_path / "notes.txt")
    assert ran.exit_code == 1
    assert ran.stderr.startswith("cxr-store: ")


def test_info_tells_numbers_and_places_and_nothing_of_a_patient(journal_file: Path) -> None:
    ran = _run("info", "--check")
    assert ran.exit_code == 0, ran.output
    assert "1 instances, 1 gestures, 1 signed reviews" in ran.stdout
    assert str(journal_file) in ran.stdout
    assert "sound" in ran.stdout
    assert "Doe" not in ran.stdout


def test_caches_are_cleared_and_the_journal_stays(journal_file: Path) -> None:
    CandidateCache(locations.default_cache_path()).close()
    locations.graphs_folder().mkdir()
    (locations.graphs_folder() / "network.blob").write_bytes(bytes(1 << 20))
    ran = _run("clear-caches")
    assert ran.exit_code == 0, ran.output
    assert ran.stdout.startswith("1.0 MB freed")
    assert not locations.graphs_folder().exists()
    assert journal_file.is_file()


def test_version_says_what_the_program_is_not() -> None:
    ran = _run("--version")
    assert ran.exit_code == 0
    assert "not a medical device" in ran.stdout


def _key(journal_file: Path) -> str:
    with Journal.open(journal_file) as journal:
        return journal.signed_reviews()[0].instance.instance_key


def test_a_patient_is_erased_after_the_number_was_typed(journal_file: Path) -> None:
    key = _key(journal_file)
    ran = CliRunner().invoke(command.app, ["erase", "--instance", key, "--reader", "bob"], input="1\n")
    assert ran.exit_code == 0, ran.output
    assert "1 instances" in ran.stdout
    assert "cannot be undone" in ran.stdout
    with Journal.open(journal_file) as journal:
        assert journal.signed_reviews() == ()
        assert [(erasure.reader, erasure.instances) for erasure in journal.erasures()] == [("bob", 1)]
    assert "1 erasures" in _run("info").stdout


@pytest.mark.parametrize("typed", ["", "yes", "2"])
def test_anything_else_that_is_typed_erases_nothing(journal_file: Path, typed: str) -> None:
    ran = CliRunner().invoke(command.app, ["erase", "--instance", _key(journal_file)], input=f"{typed}\n")
    assert ran.exit_code == 2
    with Journal.open(journal_file) as journal:
        assert len(journal.signed_reviews()) == 1


def test_a_script_states_how_many_it_expects(journal_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "1.dcm"
    wrong = _run("erase", "--file", file, "--expect", "3")
    assert wrong.exit_code == 2
    assert "1 instances, not 3" in wrong.stderr
    assert _run("erase", "--file", file, "--expect", "1").exit_code == 0


def test_erasing_what_is_not_there_ends_with_2(journal_file: Path) -> None:
    ran = _run("erase", "--instance", "f" * 64, "--expect", "1")
    assert ran.exit_code == 2
    assert "holds nothing" in ran.stderr
