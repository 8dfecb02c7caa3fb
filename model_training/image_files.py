"""Finds the images that label files name, at any depth of a folder."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from model_training.label_files import LabelFileError

IMAGE_ENDINGS = (".dcm", ".png", ".jpg", ".jpeg", ".tif", ".tiff")
"""Endings of images; of one stem the first is taken."""


@dataclass(frozen=True, slots=True)
class ImageFiles:
    """The images of a folder.

    Attributes:
        folder: where they lie.
        paths: all of them, sorted.
        by_stem, by_name: files of one stem and of one name.
    """

    folder: Path
    paths: tuple[Path, ...]
    by_stem: Mapping[str, tuple[Path, ...]]
    by_name: Mapping[str, tuple[Path, ...]]

    def of_stem(self, stem: str) -> Path | None:
        """Return the image of a stem, DICOM before other forms, or None when there is none.

        Raises:
            LabelFileError: several files of the same form have it; the sentence has no full stop.
        """
        found = self.by_stem.get(stem, ())
        best = min((_rank(path) for path in found), default=0)
        return _only([path for path in found if _rank(path) == best])

    def of_name(self, name: str) -> Path | None:
        """Return the image of a file name or of a path below the folder, or None when there is none.

        Raises:
            LabelFileError: as ``of_stem``.
        """
        path = self.folder / name
        if path in self.by_name.get(path.name, ()):
            return path
        return _only(self.by_name.get(Path(name).name, ()))

    def others(self, taken: Collection[Path]) -> tuple[str, ...]:
        """Return a sentence on every image that no label takes."""
        known = frozenset(taken)
        return tuple(f"{path}: no label takes it" for path in self.paths if path not in known)


def find(folder: Path) -> ImageFiles:
    """Find the images below a folder.

    Raises:
        LabelFileError: there is no such folder.
    """
    if not folder.is_dir():
        raise LabelFileError(f"There is no folder {folder}.")
    paths = tuple(sorted(path for path in folder.rglob("*") if path.suffix.lower() in IMAGE_ENDINGS and path.is_file()))
    by_stem: dict[str, tuple[Path, ...]] = {}
    by_name: dict[str, tuple[Path, ...]] = {}
    for path in paths:
        by_stem[path.stem] = (*by_stem.get(path.stem, ()), path)
        by_name[path.name] = (*by_name.get(path.name, ()), path)
    return ImageFiles(folder, paths, by_stem, by_name)


def _rank(path: Path) -> int:
    return IMAGE_ENDINGS.index(path.suffix.lower())


def _only(paths: Collection[Path]) -> Path | None:
    if len(paths) > 1:
        raise LabelFileError(f"several images have the name: {', '.join(map(str, paths))}")
    return next(iter(paths), None)
