"""What one start of the program asks of the one that runs, as bytes."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FORMAT = 1
LARGEST = 4 << 20
"""Bytes; as many paths as a command line can hold."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to open.

    Attributes:
        paths: absolute; none for a start that only wants to see the window.
        token: of the desktop, with which the window may come to the front.
    """

    paths: tuple[str, ...] = ()
    demo: bool = False
    bundle: str = ""
    token: str = ""

    @property
    def opened(self) -> tuple[Path, ...]:
        """The paths."""
        return tuple(Path(path) for path in self.paths)


def encoded(request: Request) -> bytes:
    """Return a request as bytes; names that are no UTF-8 come through."""
    return json.dumps({"format": FORMAT, **asdict(request)}).encode("ascii")


def decoded(content: bytes) -> Request:
    """Read a request.

    Raises:
        ValueError: it is none, or one of another version of the program.
    """
    values = json.loads(content)
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise ValueError("This is no request of this version.")
    paths, demo, bundle, token = (values.get(name) for name in ("paths", "demo", "bundle", "token"))
    if not isinstance(paths, list) or not all(isinstance(path, str) and Path(path).is_absolute() for path in paths):
        raise ValueError("The paths of the request are not absolute paths.")
    if not isinstance(demo, bool) or not isinstance(bundle, str) or not isinstance(token, str):
        raise ValueError("The request is malformed.")
    return Request(tuple(paths), demo, bundle, token)
