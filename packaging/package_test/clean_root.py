"""A Debian without the project: a tree made by debootstrap in which commands run with mounts of their own."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

RELEASE = "bookworm"
MIRROR = "http://deb.debian.org/debian"
PACKAGES = (
    "xvfb", "xdg-utils", "shared-mime-info", "desktop-file-utils", "hicolor-icon-theme", "libglib2.0-bin", "file",
    "procps", "fonts-dejavu-core",
)  # fmt: skip
"""What a desktop has anyhow: an X server, the means to open files by their kind, and a font."""

USER = "reader"

_INSIDE = """
mount -t proc proc {root}/proc
mount -t tmpfs tmpfs {root}/dev/shm
mkdir -p {root}/shared
{binds}
exec chroot {root} {command}
"""


class CleanRoot:
    """One tree; several may be made from one base.

    Args:
        folder: where the tree lies.
        shared: folders of this machine that are seen read-only below ``/shared``, by name.
    """

    def __init__(self, folder: Path, shared: dict[str, Path]) -> None:
        self.folder = folder
        self._shared = shared

    def make(self, base: Path) -> None:
        """Make the tree from a base, which is made first where it is missing (needs root and a Debian mirror)."""
        if not (base.parent / f"{base.name}.complete").exists():
            _make_base(base)
        shutil.rmtree(self.folder, ignore_errors=True)
        subprocess.run(["cp", "-a", str(base), str(self.folder)], check=True)

    def run(self, script: str, user: str = "root", timeout_s: float = 600) -> "subprocess.CompletedProcess[str]":
        """Run a shell script inside and return how it ended, with what it printed."""
        return subprocess.run(
            self._command(script, user), capture_output=True, text=True, timeout=timeout_s, check=False, env=_clean()
        )

    def start(self, script: str, user: str = "root") -> "subprocess.Popen[bytes]":
        """Start a shell script inside, which may read what is written to its stdin; its processes end with it."""
        return subprocess.Popen(
            self._command(script, user),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_clean(),
        )

    def said(self, script: str, user: str = "root") -> str:
        """Run a shell script inside and return what it printed.

        Raises:
            RuntimeError: it failed.
        """
        ended = self.run(script, user)
        if ended.returncode:
            raise RuntimeError(f"In the clean root, this failed: {script}\n{ended.stdout}\n{ended.stderr}")
        return ended.stdout

    def _command(self, script: str, user: str) -> list[str]:
        as_user = ["/bin/sh", "-c", script] if user == "root" else ["/bin/su", "-", user, "-c", script]
        root = shlex.quote(str(self.folder))
        binds = "\n".join(
            f"mkdir -p {root}/shared/{name}; mount --bind -o ro {shlex.quote(str(path))} {root}/shared/{name}"
            for name, path in self._shared.items()
        )
        inside = _INSIDE.format(root=root, binds=binds, command=shlex.join(as_user))
        # The mounts, and every process that is left, vanish with the name spaces.
        return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", inside]


def _make_base(base: Path) -> None:
    shutil.rmtree(base, ignore_errors=True)
    base.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", RELEASE, str(base), MIRROR],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    root = CleanRoot(base, {})
    shutil.copyfile("/etc/resolv.conf", base / "etc" / "resolv.conf")
    root.said(f"useradd --create-home --shell /bin/sh {USER}")
    (base.parent / f"{base.name}.complete").touch()


def _clean() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.endswith("_proxy")}
    return kept | {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
