"""One row of the worklist: a file that was found, and what is known of it by now."""

from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtGui import QImage

from cxr_viewer.core import gate
from cxr_viewer.core.disagreement import Disagreement
from cxr_viewer.core.findings import ReviewOutcome
from cxr_viewer.core.projection import Projection, projection_of
from cxr_viewer.core.studies import Instance, InstanceKey, UnreadableFile
from cxr_viewer.store.known_answer import KnownAnswer
from cxr_viewer.store.records import InstanceState, Progress

_NEWEST_FIRST = str.maketrans("0123456789", "9876543210")


@dataclass(slots=True, eq=False)
class WorklistEntry:
    """A readable instance, or a file that cannot be read and why.

    Attributes:
        key: known after the first decoding, or when the file was decoded on an earlier day.
        answer: what the present bundle said, where it was asked already.
        withheld: why the header withholds the model, "" when it does not.
        title: who it is: patient's name, else identifier, else the file's name.
        called: the title without case, identifier, and the date so that newer is less: to sort by patient.
        searched: the words that a search looks at, without case.
    """

    path: Path
    instance: Instance | None
    reason: str = ""
    key: InstanceKey | None = None
    state: InstanceState = field(default_factory=InstanceState)
    answer: KnownAnswer | None = None
    withheld: str = ""
    thumbnail: QImage | None = None
    is_thumbnail_asked: bool = False
    title: str = field(init=False)
    projection: Projection = field(init=False)
    called: str = field(init=False)
    searched: str = field(init=False)

    def __post_init__(self) -> None:
        # Worked out once, off the GUI thread, where a search over an archive would otherwise do it for every letter.
        instance = self.instance
        self.title = _title(instance) if instance else ""
        self.title = self.title or self.path.name
        self.called = self.title.casefold()
        if instance:
            self.called += f"\0{instance.patient_id}\0{instance.study_date.translate(_NEWEST_FIRST)}"
        self.projection = projection_of(instance) if instance else Projection.OTHER
        self.searched = " ".join((self.title, self.subtitle, self.path.name, *_described(instance))).casefold()

    @classmethod
    def of_instance(cls, instance: Instance, key: InstanceKey | None = None) -> "WorklistEntry":
        """Return the row of a readable instance."""
        return cls(instance.path, instance, key=key, withheld=gate.header_verdict(instance).reason)

    @classmethod
    def of_unreadable(cls, file: UnreadableFile) -> "WorklistEntry":
        """Return the row of a file that cannot be read."""
        return cls(file.path, None, reason=file.reason)

    @property
    def is_readable(self) -> bool:
        """Whether it can be shown, as far as is known."""
        return self.instance is not None and not self.reason

    @property
    def withheld_reason(self) -> str:
        """Why the model is withheld, "" when it is not, as far as is known."""
        return self.withheld or self.gate_reason

    @property
    def top_score(self) -> float | None:
        """Best candidate of the present bundle, where it was read already and not withheld."""
        return self.answer.top_score if self.answer else None

    @property
    def gate_reason(self) -> str:
        """Why the present bundle's own gate withholds it, where it was read already."""
        return self.answer.withheld if self.answer else ""

    @property
    def disagreement(self) -> Disagreement | None:
        """How far the members of the present bundle disagree, where it was read already."""
        return self.answer.disagreement if self.answer else None

    @property
    def subtitle(self) -> str:
        """View and date."""
        if self.instance is None:
            return "cannot be read"
        parts = [self.instance.view_position or self.instance.modality, date_text(self.instance.study_date)]
        return " · ".join(part for part in parts if part) or self.path.parent.name

    @property
    def line(self) -> str:
        """The one line of what matters."""
        if self.reason:
            return self.reason
        if self.state.needs_second_read:
            return f"2nd read asked · {self._read_so_far}"
        return self._read_so_far

    @property
    def _read_so_far(self) -> str:
        if self.state.progress is Progress.SIGNED:
            return signed_words(self.state)
        if self.state.progress is Progress.IN_PROGRESS:
            return f"in progress · {_opacities(self.state.opacities)}" if self.state.opacities else "in progress"
        if self.withheld_reason:
            return f"model withheld: {self.withheld_reason}"
        return (self.disagreement.words if self.disagreement else "") or "unread"

    @property
    def glyph(self) -> str:
        """State as a shape: empty and half circle, check mark, diamond; a barred one for what the model withholds."""
        if not self.is_readable:
            return "✕"
        if self.state.needs_second_read:
            return "◆"
        if self.state.progress is Progress.SIGNED:
            return "✓"
        if self.state.progress is Progress.IN_PROGRESS:
            return "◐"
        return "⊘" if self.withheld_reason else "○"

    @property
    def spoken(self) -> str:
        """The row for a screen reader."""
        words = {
            "✕": "cannot be read",
            "✓": "signed",
            "◆": "second read asked",
            "◐": "in progress",
            "⊘": "unread, model withheld",
            "○": "unread",
        }
        state, score = words[self.glyph], f"score {self.top_score:.2f}" if self.top_score is not None else ""
        line = "" if self.line == state else self.line
        return ", ".join(part for part in (self.title, self.subtitle, state, line, score) if part)


def _title(instance: Instance) -> str:
    return person_name(instance.patient_name) or instance.patient_id


def _described(instance: Instance | None) -> tuple[str, ...]:
    if instance is None:
        return ()
    return (
        instance.patient_name,  # with the groups of other scripts, which the title leaves out
        instance.patient_id,
        instance.study_description,
        instance.series_description,
        instance.accession_number,
        instance.study_date,
        instance.modality,
    )


def person_name(value: str) -> str:
    """Return a DICOM person name (PS3.5 6.2.1) as it is read: first component group, family name first."""
    group = value.split("=")[0]
    parts = [part.strip() for part in group.split("^")]
    family, given = parts[0], " ".join(part for part in parts[1:3] if part)
    return ", ".join(part for part in (family, given) if part)


def date_text(value: str) -> str:
    """Return a DICOM date as YYYY-MM-DD; anything else as it is."""
    return f"{value[:4]}-{value[4:6]}-{value[6:8]}" if len(value) == 8 and value.isdigit() else value


def signed_words(state: InstanceState) -> str:
    """Return the verdict of a signed row."""
    if state.outcome is ReviewOutcome.NO_OPACITY:
        return "no opacity"
    if state.outcome is ReviewOutcome.UNREADABLE:
        return "unreadable"
    return _opacities(state.opacities)


def _opacities(count: int) -> str:
    return "1 opacity" if count == 1 else f"{count} opacities"
