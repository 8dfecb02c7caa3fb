"""Which instances of the worklist carry one patient identifier, so that a look-up does not walk an archive."""

from collections import defaultdict

from PySide6.QtCore import QModelIndex, QObject, Signal

from cxr_viewer.core.studies import Instance
from cxr_viewer.ui.worklist_model import WorklistModel


class PatientIndex(QObject):
    """Follows the worklist; who is the same person is decided elsewhere, the identifier only narrows the search."""

    grown = Signal()
    """Instances were added, or all were taken away."""

    def __init__(self, worklist: WorklistModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worklist = worklist
        self._by_identifier: dict[str, list[Instance]] = defaultdict(list)
        worklist.rowsInserted.connect(self._add)
        worklist.modelReset.connect(self._rebuild)

    def others(self, current: Instance) -> list[Instance]:
        """Return the readable instances with the identifier of an instance, itself among them."""
        found = self._by_identifier.get(_identifier(current), [])
        entries = (self._worklist.entry(instance.path) for instance in found)
        return [entry.instance for entry in entries if entry and entry.instance and entry.is_readable]

    def _add(self, _parent: QModelIndex, first: int, last: int) -> None:
        for row in range(first, last + 1):
            instance = self._worklist.at(row).instance
            if instance is not None and (identifier := _identifier(instance)):
                self._by_identifier[identifier].append(instance)
        self.grown.emit()

    def _rebuild(self) -> None:
        self._by_identifier.clear()
        self._add(QModelIndex(), 0, self._worklist.rowCount() - 1)


def _identifier(instance: Instance) -> str:
    """Return what is looked up by: the patient, or where nobody is named the study; "" for a bare picture."""
    return instance.patient_id.strip() or instance.study_instance_uid
