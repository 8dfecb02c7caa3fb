"""What tells that a file has not changed since it was read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What tells that a file is still the one that was decoded: path, size in bytes, time of its last change."""

    path: Path
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return the stamp of a file; raises OSError when it is not there."""
        status = path.stat()
        return cls(path, status.st_size, status.st_mtime_ns)

    def is_still(self) -> bool:
        """Whether the file is there and has not changed."""
        try:
            return FileStamp.of(self.path) == self
        except OSError:
            return False
