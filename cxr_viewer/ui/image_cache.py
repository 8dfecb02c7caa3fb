"""Decoded images, the most recently used ones, within a budget of bytes."""

from collections import OrderedDict
from pathlib import Path

from cxr_viewer.ui.displayed_image import DisplayedImage

DEFAULT_BUDGET = 768 << 20
"""Bytes: some thirty radiographs of nine megapixels."""


class ImageCache:
    """Least recently used images go first; the newest always stays, however large it is."""

    def __init__(self, budget: int = DEFAULT_BUDGET) -> None:
        self._budget = budget
        self._images: OrderedDict[Path, DisplayedImage] = OrderedDict()

    def __len__(self) -> int:
        return len(self._images)

    def __contains__(self, path: Path) -> bool:
        return path in self._images

    def get(self, path: Path) -> DisplayedImage | None:
        """Return an image and count it as used."""
        if path not in self._images:
            return None
        self._images.move_to_end(path)
        return self._images[path]

    def put(self, path: Path, image: DisplayedImage) -> None:
        """Keep an image; older ones go until the budget holds."""
        self._images[path] = image
        self._images.move_to_end(path)
        # Images grow while they are kept, by the halved copies that a zoom asks for, so all are counted anew.
        excess = self.nbytes - self._budget
        while len(self._images) > 1 and excess > 0:
            _, oldest = self._images.popitem(last=False)
            excess -= oldest.nbytes

    @property
    def nbytes(self) -> int:
        """Bytes held by the images."""
        return sum(image.nbytes for image in self._images.values())
