"""What an import has done so far: kept beside the unfinished pixels, so that a stopped import goes on."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from cxr_viewer.core.whole_folder import FolderInUseError, check_is_free
from model_training.dataset import MANIFEST

PROGRESS, PARTIAL_PIXELS = "import.partial.jsonl", "pixels.partial.u8"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one image: its size and identity, or why it cannot be used."""

    index: int
    rows: int
    columns: int
    problem: str = ""
    sop_instance_uid: str = ""
    study_instance_uid: str = ""
    image_digest: str = ""


def begin(out: Path, asked: str, count: int, side: int) -> dict[int, Outcome]:
    """Open or create the unfinished import; return what it has done already."""
    progress = out / PROGRESS
    if progress.is_file():
        lines = progress.read_text(encoding="utf-8").splitlines()
        if not lines or json.loads(lines[0]).get("asked") != asked:
            raise FolderInUseError(f"{out} holds another unfinished import; remove it or choose another --out.")
        return {outcome.index: outcome for outcome in map(_outcome, lines[1:]) if outcome is not None}
    check_is_free(out)
    out.mkdir(parents=True, exist_ok=True)
    with (out / PARTIAL_PIXELS).open("wb") as stream:
        stream.truncate(count * side * side)
    progress.write_text(json.dumps({"asked": asked}) + "\n", encoding="utf-8")
    return {}


def _outcome(line: str) -> Outcome | None:
    """Return one line of the progress file; None for the line that a kill cut off."""
    try:
        return Outcome(**json.loads(line))
    except (ValueError, TypeError):
        return None


def log(stream: TextIO, outcome: Outcome) -> None:
    """Append one line and hand it to the system, so that a kill loses at most what is being decoded."""
    stream.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")
    stream.flush()


def forget_problems(progress: Path, outcomes: Sequence[Outcome], asked: str) -> None:
    """Keep what went well, so that a repaired file is read again."""
    with progress.open("w", encoding="utf-8") as stream:
        stream.write(json.dumps({"asked": asked}) + "\n")
        for outcome in outcomes:
            if not outcome.problem:
                log(stream, outcome)


def is_done(out: Path, asked: str) -> bool:
    """Tell whether the import is finished; raise FolderInUseError when another one is."""
    path = out / MANIFEST
    if not path.is_file():
        return False
    if json.loads(path.read_text(encoding="utf-8")).get("asked") != asked:
        raise FolderInUseError(f"{out} holds another dataset; choose another --out.")
    return True
