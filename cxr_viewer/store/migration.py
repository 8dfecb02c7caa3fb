"""Brings a journal file to the present schema, or refuses it with a sentence.

A new store is created directly from ``schema``, so that the first start needs no Alembic; a test proves that the
migrations lead to the same schema. Alembic is imported only when a store of an older version is opened.
"""

from pathlib import Path

from sqlalchemy import Connection

from cxr_viewer.store import schema
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.sqlite_file import pragma, transaction

SCRIPTS = Path(__file__).parent / "migrations"


def prepare(connection: Connection, path: Path) -> None:
    """Check whose file this is, create or migrate it when needed, and switch on the write-ahead log.

    Raises:
        StoreError: the file belongs to another program or to a newer version of this one; it is not touched.
    """
    check_owner(connection, path)
    connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    if pragma(connection, "user_version") == schema.SCHEMA_VERSION:
        return
    with transaction(connection, writes=True):
        version = pragma(connection, "user_version")  # again: another program may have done it in the meantime
        if version == 0:
            create(connection)
        elif version < schema.SCHEMA_VERSION:
            migrate(connection)


def check_owner(connection: Connection, path: Path) -> None:
    """Raise StoreError unless the file is empty or a store that this program knows."""
    is_empty = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one() == 0
    if pragma(connection, "application_id") != schema.APPLICATION_ID and not is_empty:
        raise StoreError(f"The store {path} is a database of another program; name another file.")
    version = pragma(connection, "user_version")
    if version > schema.SCHEMA_VERSION:
        raise StoreError(
            f"The store {path} was written by a newer version of CXR Viewer (schema {version}; this version knows "
            f"{schema.SCHEMA_VERSION}); update the program to open it."
        )


def create(connection: Connection) -> None:
    """Create all tables, views and triggers of the present version, inside the caller's transaction."""
    schema.METADATA.create_all(connection, checkfirst=False)
    for statement in (*schema.VIEWS, *schema.TRIGGERS.values(), *schema.STAMP):
        connection.exec_driver_sql(statement)
    _mark(connection)


def migrate(connection: Connection) -> None:
    """Run the missing migrations, inside the caller's transaction: all of them, or none."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    _mark(connection)


def _mark(connection: Connection) -> None:
    connection.exec_driver_sql(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {schema.SCHEMA_VERSION}")
