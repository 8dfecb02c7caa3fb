"""Rows of a CSV file with the place where each stands, so that whatever is wrong in one can be named."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a line of a file, counted from 1 with the header."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path}, line {self.line}"


def read(
    path: Path, columns: Sequence[str], error_type: type[Exception], optional: Sequence[str] = ()
) -> Iterator[tuple[Place, dict[str, str]]]:
    """Yield the place and the wanted columns of every row; other columns are left alone, missing cells are "".

    The file is UTF-8, with or without byte order mark, and may be compressed (``.gz``).

    Args:
        path: the file.
        columns: names of the columns that are wanted.
        error_type: raised with a sentence that names file and line: the file cannot be read, lacks a column or names it
            twice, or a row has more cells than the header.
        optional: columns that are "" in every row where the file has none of that name.
    """
    try:
        reader = csv.DictReader(io.StringIO(_text(path, error_type), newline=""), restval="", strict=True)
        header = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = header
        for column in columns:
            if header.count(column) != 1:
                fault = "is missing" if column not in header else "is there twice"
                raise error_type(
                    f"{Place(path, 1)}: the column '{column}' {fault}; the columns are {', '.join(columns)}."
                )
        for row in reader:
            place = Place(path, reader.line_num)
            if any(row.get(None, ())):  # DictReader's key for what is beyond the header
                raise error_type(f"{place}: the row has more cells than the header.")
            yield place, {column: row.get(column, "") for column in (*columns, *optional)}
    except csv.Error as error:
        raise error_type(f"{path} cannot be read as CSV: {error}.") from error


def _text(path: Path, error_type: type[Exception]) -> str:
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise error_type(f"{path} cannot be read: {error}.") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = Place(path, data[: error.start].count(b"\n") + 1)
        raise error_type(
            f"{place}: the text is not UTF-8 (byte 0x{data[error.start]:02x}); save it as UTF-8."
        ) from error
