"""Runs the program in processes of its own, and talks to their windows."""

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_WAIT_S = 60.0


class Window:
    """One process of the program."""

    def __init__(self, *arguments: str | Path, cwd: Path | None = None) -> None:
        call = [sys.executable, "-m", "tests.cxr_viewer.program.watched_window", *map(str, arguments)]
        self.process = subprocess.Popen(
            call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd
        )
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self.errors = ""
        self._readers = [threading.Thread(target=self._read), threading.Thread(target=self._read_errors)]
        for reader in self._readers:
            reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(json.loads(line))

    def _read_errors(self) -> None:
        assert self.process.stderr
        self.errors = self.process.stderr.read()

    def wait_for(self, event: str) -> dict[str, Any]:
        """Return the next line of an event; others are passed over."""
        return self._next(lambda line: line.get("event") == event)

    def _next(self, is_wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + _WAIT_S
        while True:
            line = self._lines.get(timeout=max(0.1, deadline - time.monotonic()))
            if is_wanted(line):
                return line

    def do(self, name: str) -> None:
        """Do something at the window."""
        assert self.process.stdin
        self.process.stdin.write(f"{name}\n")
        self.process.stdin.flush()

    def state(self) -> dict[str, Any]:
        """Return what is on the screen."""
        self.do("state")
        return self._next(lambda line: "shown" in line)

    def wait_until(self, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the first state of which something holds."""
        deadline = time.monotonic() + _WAIT_S
        while not is_so(state := self.state()):
            assert time.monotonic() < deadline, state
            time.sleep(0.05)
        return state

    def end(self) -> int:
        """Wait for the end of the process, and return its exit code."""
        code = self.process.wait(_WAIT_S)
        for reader in self._readers:
            reader.join(_WAIT_S)
        return code

    def close(self) -> None:
        """End it in any case."""
        if self.process.poll() is None:
            self.process.kill()
        self.end()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()
