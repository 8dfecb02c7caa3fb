"""Devices whose images say the wrong polarity, as the reader found: remembered, and put right for all that see pixels.

Some detectors and archives write a photometric interpretation or Presentation LUT Shape that contradicts the pixels
(dcm4chee-arc-light issue 3155). The header is corrected where an image is handed over, so that display, thumbnail and
model see the same picture.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.dicom.pixel_header import DecodedInstance
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.settings import WRONG_POLARITY, Settings

_CORRECTED = " polarity corrected"


class DevicePolarity:
    """Which devices, and which single images of unknown devices, are shown the other way round.

    ``is_wrong`` and what builds on it may be called from any thread.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        names: tuple[str, ...] = settings.get(WRONG_POLARITY)
        self._wrong = frozenset(names)

    def is_wrong(self, manufacturer: str, model: str, key: InstanceKey | None) -> bool:
        """Whether the header's polarity is wrong for an image of that device, or for that image of an unknown one."""
        return _name(manufacturer, model, key) in self._wrong

    def is_same_device(self, image: DisplayedImage, manufacturer: str, model: str, key: InstanceKey | None) -> bool:
        """Whether what holds for an image holds for another one of that device."""
        return _name(image.header.manufacturer, image.header.model, image.key) == _name(manufacturer, model, key)

    def toggle(self, image: DisplayedImage) -> None:
        """Say that the polarity of an image's device is wrong, or that it was right after all."""
        name = _name(image.header.manufacturer, image.header.model, image.key)
        self._wrong = self._wrong ^ {name}
        self._settings.set(WRONG_POLARITY, tuple(sorted(self._wrong)))
        self._settings.flush()

    def forget(self, keys: Iterable[InstanceKey]) -> None:
        """Forget single images: their patient is erased."""
        self._wrong = frozenset(name for name in self._wrong if not any(key in name for key in keys))
        self._settings.set(WRONG_POLARITY, tuple(sorted(self._wrong)))

    def applied(self, image: DisplayedImage) -> DisplayedImage:
        """Return an image with the polarity that holds now; itself where that is so already."""
        header = image.header
        is_wrong = self.is_wrong(header.manufacturer, header.model, image.key)
        if header.is_polarity_corrected == is_wrong:
            return image
        return replace(image, header=replace(header, is_polarity_corrected=is_wrong))

    def decoding(self, decode: Callable[[Path], DecodedInstance]) -> Callable[[Path], DecodedInstance]:
        """Return a way to decode whose images have the polarity that holds."""

        def decode_corrected(path: Path) -> DecodedInstance:
            decoded = decode(path)
            if not self.is_wrong(decoded.header.manufacturer, decoded.header.model, decoded.key):
                return decoded
            return replace(decoded, header=replace(decoded.header, is_polarity_corrected=True))

        return decode_corrected


def device_words(manufacturer: str, model: str) -> str:
    """Return what a correction holds for, in words."""
    named = " ".join(part for part in (manufacturer.strip(), model.strip()) if part)
    return named if manufacturer.strip() else "this image only"


def name_of_answers(bundle_digest: str, is_polarity_corrected: bool) -> str:
    """Return under which name candidates are kept: the same pixels the other way round are another input."""
    return f"{bundle_digest}{_CORRECTED}" if is_polarity_corrected and bundle_digest else bundle_digest


def _name(manufacturer: str, model: str, key: InstanceKey | None) -> str:
    """Return how a device is remembered; makers spell their own names in more than one way of capitals and spaces."""
    maker = " ".join(manufacturer.casefold().split())
    if not maker:
        return f"image {key}"
    return f"device {maker} / {' '.join(model.casefold().split())}"
