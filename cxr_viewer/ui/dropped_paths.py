"""What was dropped on the window: radiographs to open, a bundle to load, or something that has to be unpacked first."""

from dataclasses import dataclass
from pathlib import Path

_PACKED = frozenset((".zip", ".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".iso"))


@dataclass(frozen=True, slots=True)
class Dropped:
    """What to do with a drop.

    Attributes:
        bundle: folder of a model bundle; it is loaded, and nothing is opened.
        opened: folders and files to look for radiographs in.
        sentence: what is not taken and what to do, "" when everything is.
    """

    bundle: Path | None = None
    opened: tuple[Path, ...] = ()
    sentence: str = ""


def judge(paths: tuple[Path, ...]) -> Dropped:
    """Return what to do with dropped paths."""
    bundles = [path for path in paths if (path / "bundle.json").is_file()]
    if bundles and len(paths) == 1:
        return Dropped(bundle=bundles[0])
    if bundles:
        return Dropped(sentence=f"{bundles[0].name} is a model bundle: drop it alone to load it.")
    packed = [path for path in paths if path.suffix.lower() in _PACKED and not path.is_dir()]
    opened = tuple(path for path in paths if path not in packed)
    sentence = f"{packed[0].name} is packed: unpack it first, then drop the folder." if packed else ""
    return Dropped(opened=opened, sentence=sentence)
