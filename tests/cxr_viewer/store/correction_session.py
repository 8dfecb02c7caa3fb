"""A scripted correction session that acknowledges every gesture once the journal has it; made to be killed.

``python -m tests.cxr_viewer.store.correction_session STORE SEED`` goes on until it is killed. It takes the store as
it finds it, so that one store can be worked on and killed many times. Each line on stdout says what was done and what
the session itself, without asking the journal, holds to be the findings and the review of that instance afterwards.
"""

import json
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cxr_viewer.core import findings
from cxr_viewer.core.candidates import Thresholds
from cxr_viewer.core.findings import (
    DisplayWindow,
    Finding,
    FindingState,
    FindingUid,
    ReadingContext,
    ReadingNote,
    Review,
    ReviewOutcome,
)
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store.history import Change, NoteChange
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.records import Place
from tests import factories

READER = "ada"
KEYS = tuple(InstanceKey(digit * 64) for digit in "123")
CONTEXT = ReadingContext(
    factories.BUNDLE_DIGEST, Thresholds(0.3, 0.1, 0.9), DisplayWindow("Lung", 900.5, 1200.25), True
)

Snapshot = dict[str, list[Any]]
Step = tuple[int, list[Change], NoteChange | None]


def snapshot(found: dict[FindingUid, Finding]) -> Snapshot:
    """Return findings as plain values: state, corners of the box, reason, label, comment, anchor index."""
    return {
        uid: [
            str(finding.state),
            finding.box.x1,
            finding.box.y1,
            finding.box.x2,
            finding.box.y2,
            finding.reason,
            finding.label,
            finding.comment,
            finding.origin.anchor_index if finding.origin else None,
        ]
        for uid, finding in found.items()
    }


@dataclass
class Desk:
    """What the session believes about one instance: the independent account that the journal is compared with."""

    key: InstanceKey
    findings: dict[FindingUid, Finding] = field(default_factory=dict)
    done: list[Step] = field(default_factory=list)
    undone: list[Step] = field(default_factory=list)
    outcome: ReviewOutcome | None = None
    note: ReadingNote = field(default_factory=ReadingNote)

    @classmethod
    def restored(cls, journal: Journal, key: InstanceKey) -> "Desk":
        """Return the desk as an earlier session left it, the way a restarted window does it."""
        stack = journal.gestures(key, READER)
        review = journal.current_review(key, READER)
        return cls(
            key=key,
            findings={finding.uid: finding for finding in journal.current_findings(key, READER)},
            done=[(each.gesture_id, list(each.changes), each.note) for each in stack if not each.is_undone],
            undone=[(each.gesture_id, list(each.changes), each.note) for each in reversed(stack) if each.is_undone],
            outcome=review.outcome if review else None,
            note=journal.current_note(key, READER),
        )

    def apply(self, changes: list[Change], note: NoteChange | None) -> None:
        """Change findings and note and, unless only a second read is asked for, end the sign-off."""
        if changes or note is None or note.before.comment != note.after.comment:
            self.outcome = None
        if note:
            self.note = note.after
        for change in changes:
            if change.after is None:
                del self.findings[change.uid]
            else:
                self.findings[change.uid] = change.after


class Session:
    """A reader who does something at random, over and over."""

    def __init__(self, journal: Journal, seed: int) -> None:
        self.journal = journal
        self.random = random.Random(seed)
        self.desks = [Desk.restored(journal, key) for key in KEYS]

    def step(self) -> dict[str, Any]:
        """Make one gesture and return its acknowledgement."""
        desk = self.random.choice(self.desks)
        gesture_id, name = self._gesture(desk)
        return {
            "id": gesture_id,
            "name": name,
            "key": desk.key,
            "findings": snapshot(desk.findings),
            "outcome": str(desk.outcome) if desk.outcome else None,
            "note": [desk.note.comment, desk.note.needs_second_read],
        }

    def _gesture(self, desk: Desk) -> tuple[int, str]:
        choices: list[Callable[[Desk], tuple[int, str]]] = [self._add, self._accept, self._sign, self._write_note]
        live = [finding for finding in desk.findings.values() if finding.state is not FindingState.REMOVED]
        if live:
            choices += [self._move, self._move, self._delete, self._delete_all, self._duplicate]
        if any(finding.is_asserted for finding in live):
            choices += [self._describe]
        if desk.done:
            choices += [self._undo, self._undo]
        if desk.undone:
            choices += [self._redo, self._redo]
        return self.random.choice(choices)(desk)

    def _edit(self, desk: Desk, name: str, changes: list[Change], note: NoteChange | None = None) -> tuple[int, str]:
        gesture_id = self.journal.append_changes(desk.key, changes, READER, CONTEXT, name, note)
        desk.apply(changes, note)
        desk.done.append((gesture_id, changes, note))
        desk.undone.clear()
        return gesture_id, name

    def _add(self, desk: Desk) -> tuple[int, str]:
        return self._edit(desk, "Add opacity", [Change(None, findings.add(self._box()))])

    def _accept(self, desk: Desk) -> tuple[int, str]:
        origin = factories.origin(self._box(), self._box(), self.random.randrange(1000))
        return self._edit(desk, "Accept opacity", [Change(None, findings.accept(origin))])

    def _move(self, desk: Desk) -> tuple[int, str]:
        finding = self._any(desk)
        return self._edit(desk, "Move opacity", [Change(finding, findings.adjust(finding, self._box()))])

    def _delete(self, desk: Desk) -> tuple[int, str]:
        finding = self._any(desk)
        return self._edit(desk, "Delete opacity", [Change(finding, findings.delete(finding, "rib crossing"))])

    def _describe(self, desk: Desk) -> tuple[int, str]:
        finding = self.random.choice([finding for finding in desk.findings.values() if finding.is_asserted])
        label = self.random.choice(["", "consolidation", "effusion"])
        after = findings.describe(finding, label, self.random.choice(["", "left\nbase", "röntgen"]))
        return self._edit(desk, "Describe opacity", [Change(finding, after)])

    def _duplicate(self, desk: Desk) -> tuple[int, str]:
        return self._edit(desk, "Duplicate", [Change(None, findings.duplicate(self._any(desk), self._box()))])

    def _write_note(self, desk: Desk) -> tuple[int, str]:
        after = replace(desk.note, needs_second_read=not desk.note.needs_second_read)
        if self.random.random() < 0.5:
            after = replace(desk.note, comment=self.random.choice(["", "seen twice"]))
        return self._edit(desk, "Note", [], NoteChange(desk.note, after))

    def _delete_all(self, desk: Desk) -> tuple[int, str]:
        live = [finding for finding in desk.findings.values() if finding.state is not FindingState.REMOVED]
        return self._edit(desk, "Delete all", [Change(finding, findings.delete(finding)) for finding in live])

    def _undo(self, desk: Desk) -> tuple[int, str]:
        target_id, changes, note = desk.done.pop()
        gesture_id = self.journal.append_undo(target_id, CONTEXT)
        desk.apply([change.reverse for change in changes], note.reverse if note else None)
        desk.undone.append((target_id, changes, note))
        return gesture_id, "undo"

    def _redo(self, desk: Desk) -> tuple[int, str]:
        target_id, changes, note = desk.undone.pop()
        gesture_id = self.journal.append_redo(target_id, CONTEXT)
        desk.apply(changes, note)
        desk.done.append((target_id, changes, note))
        return gesture_id, "redo"

    def _sign(self, desk: Desk) -> tuple[int, str]:
        desk.outcome = self.random.choice(list(ReviewOutcome))
        review = Review(desk.outcome, READER, findings.now(), CONTEXT, "seen")
        left = [factories.origin(self._box(), self._box(), 5000 + number) for number in range(self.random.randrange(3))]
        gesture_id = self.journal.append_review(desk.key, review, unjudged=left)
        self.journal.remember_place(Place(instance_key=desk.key, zoom=self.random.random()))
        return gesture_id, "Sign off"

    def _any(self, desk: Desk) -> Finding:
        live = [finding for finding in desk.findings.values() if finding.state is not FindingState.REMOVED]
        return self.random.choice(live)

    def _box(self) -> Box:
        x, y = self.random.uniform(0, 800), self.random.uniform(0, 800)
        return Box(x, y, x + self.random.uniform(5, 200), y + self.random.uniform(5, 200))


def main(store: Path, seed: int) -> None:
    """Work on the store until killed."""
    with Journal.open(store) as journal:
        session = Session(journal, seed)
        while True:
            sys.stdout.write(json.dumps(session.step()) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
