"""Erasing a patient: the one thing that the journal forgets, with a trace that it did and none of whom.

What is deleted elsewhere is marked as free and stays readable in the file; here it is overwritten, the file is written
anew and its log is emptied.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Table, text

from cxr_viewer import __version__
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store import path_column, rows, schema
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.journal_file import JournalFile
from cxr_viewer.store.plain_errors import plain_errors

_INSTANCES_OF_STUDIES = text(
    "SELECT instance_key FROM instance WHERE study_instance_uid IN (SELECT value FROM json_each(:study_uids))"
)
_INSTANCES = text("SELECT instance_key, path FROM instance")
_FORGET_PLACE = text("DELETE FROM place")
_ERASURES = text("SELECT * FROM erasure ORDER BY id")


@dataclass(frozen=True, slots=True)
class Erasure:
    """The trace of an erasure: when, by whom, how much; nothing of the patient.

    Attributes:
        instances: how many instances were forgotten.
        gestures: how many gestures of all readers went with them.
    """

    erased_at: datetime
    reader: str
    instances: int
    gestures: int
    app_version: str


class JournalErasure(JournalFile):
    """The part of the journal that erases; every method raises StoreError when the file cannot be used."""

    def instances_of(
        self,
        keys: Iterable[InstanceKey] = (),
        study_uids: Iterable[str] = (),
        paths: Iterable[Path] = (),
    ) -> tuple[InstanceKey, ...]:
        """Return the instances that the journal knows by key, by study or by the file they were last seen in."""
        wanted = set(keys)
        files = {path_column.to_column(path) for path in paths}
        uids = json.dumps([uid for uid in study_uids if uid])
        with self._transaction(writes=False):
            known = self._rows(_INSTANCES)
            by_study = self._rows(_INSTANCES_OF_STUDIES, study_uids=uids)
        found = {row["instance_key"] for row in known if row["instance_key"] in wanted or row["path"] in files}
        found |= {row["instance_key"] for row in by_study}
        return tuple(sorted(InstanceKey(key) for key in found))

    def erase(self, instance_keys: Iterable[InstanceKey], reader: str) -> Erasure:
        """Forget everything about some instances, by all readers, so that no byte of it is left in the file.

        Copies that were written earlier still hold it. This cannot be undone.

        Raises:
            StoreError: none of the instances is in the journal, or the file is in use; then nothing is erased.
        """
        keys = json.dumps(sorted(set(instance_keys)))
        with plain_errors(self.path):
            self._connection.exec_driver_sql("PRAGMA secure_delete = ON")
            self._connection.exec_driver_sql("PRAGMA temp_store = MEMORY")  # no copy in a folder of temporary files
        with self._transaction(writes=True):
            erasure = self._erase(keys, reader)
        self._rewrite()
        return erasure

    def erasures(self) -> tuple[Erasure, ...]:
        """Return the traces of all erasures, oldest first."""
        return tuple(
            Erasure(
                rows.time_of(row["erased_at"]), row["reader"], row["instances"], row["gestures"], row["app_version"]
            )
            for row in self._rows(_ERASURES)
        )

    def _erase(self, keys: str, reader: str) -> Erasure:
        connection = self._connection
        instances = _count(connection, schema.INSTANCE, keys)
        if not instances:
            raise StoreError("The store holds nothing of these images.")
        erasure = Erasure(self._clock(), reader, instances, _count(connection, schema.GESTURE, keys), __version__)
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for trigger in schema.TRIGGERS:
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        for table in reversed(schema.METADATA.sorted_tables):
            if "instance_key" in table.columns:
                connection.execute(text(f"DELETE FROM {table.name} WHERE {_WANTED}"), {"keys": keys})
        # the place names opened folders, whose names may be the patient's
        connection.execute(_FORGET_PLACE)
        for statement in schema.TRIGGERS.values():
            connection.exec_driver_sql(statement)
        connection.execute(
            schema.ERASURE.insert(),
            {
                "erased_at": rows.time_text(erasure.erased_at),
                "reader": reader,
                "instances": erasure.instances,
                "gestures": erasure.gestures,
                "app_version": __version__,
            },
        )
        return erasure

    def _rewrite(self) -> None:
        """Write the file anew without its free pages, and empty its log."""
        with plain_errors(self.path):
            self._connection.exec_driver_sql("VACUUM")
            is_blocked = self._connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
        if is_blocked:
            raise StoreError(
                f"The entries are erased, but another program reads the store {self.path}, so its log still holds "
                "them; close that program and open the store again."
            )


_WANTED = "instance_key IN (SELECT value FROM json_each(:keys))"


def _count(connection: Connection, table: Table, keys: str) -> int:
    return int(
        connection.execute(text(f"SELECT count(*) FROM {table.name} WHERE {_WANTED}"), {"keys": keys}).scalar_one()
    )
