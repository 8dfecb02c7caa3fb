"""A desktop session in the clean root: Xvfb, and a shell of the user to which lines are sent."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from package_test import screen
from package_test.clean_root import USER, CleanRoot

_SERVER = "Xvfb :77 -screen 0 1600x1000x24 -fbdir /tmp/screen -nolisten tcp > /tmp/xvfb.log 2>&1 &"


class Session:
    """A running session.

    Attributes:
        dump: the file in which the server keeps the screen.
    """

    def __init__(self, root: CleanRoot, shell: "subprocess.Popen[bytes]") -> None:
        self._root = root
        self._shell = shell
        self.dump = root.folder / "tmp" / "screen" / "Xvfb_screen0"

    def send(self, line: str) -> None:
        """Let the user's shell run a line; does not wait for it."""
        assert self._shell.stdin is not None
        self._shell.stdin.write(f"{line}\n".encode())
        self._shell.stdin.flush()

    def ask(self, line: str, timeout_s: float = 30) -> str:
        """Let the shell run a line, wait for it, and return what it printed."""
        answer = self._root.folder / "tmp" / "answer"
        answer.unlink(missing_ok=True)
        self.send(f"({line}) > /tmp/answer.new 2>&1; mv /tmp/answer.new /tmp/answer")
        if not screen.wait_for(answer.exists, timeout_s):
            return ""
        return answer.read_text(encoding="utf-8")

    def windows(self) -> int:
        """Return how many first processes of the viewer run: not those that decode for it."""
        lines = self.ask("ps -eo args").splitlines()
        return sum("cxr-viewer" in line.split()[0] and "multiprocessing" not in line for line in lines if line.split())


@contextmanager
def running(root: CleanRoot) -> Iterator[Session]:
    """Run a session; everything in it ends with the block.

    Raises:
        RuntimeError: the server did not start.
    """
    folder = root.folder / "tmp" / "screen"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    left = [*folder.iterdir(), root.folder / "tmp" / ".X77-lock", root.folder / "tmp" / ".X11-unix" / "X77"]
    for path in left:
        path.unlink(missing_ok=True)
    shell = root.start("exec sh", USER)
    session = Session(root, shell)
    try:
        session.send(_SERVER)
        session.send("export DISPLAY=:77")
        if not screen.wait_for(lambda: session.dump.exists() and session.dump.stat().st_size > 1_000_000, 30):
            raise RuntimeError(f"Xvfb did not start: {_read(root.folder / 'tmp' / 'xvfb.log')}")
        yield session
    finally:
        shell.kill()
        shell.wait()


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
