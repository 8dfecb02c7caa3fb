"""Composes opacities into a real radiograph: they are added to its -log attenuation, and nothing else is changed."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from cxr_viewer.detection.preprocessing import letterbox
from cxr_viewer.dicom import pixels, windowing
from model_training.image_identity import identify
from model_training.phantom.film_scale import FilmScale
from model_training.phantom.lungs import find_lungs
from model_training.phantom.opacities import Mask, draw_opacities
from model_training.phantom.phantom import BackgroundSource, Phantom
from model_training.phantom.real_chest import mediastinum_of, real_chest
from model_training.phantom.soft_tissue import Chest
from model_training.phantom.texture import Image, blur, float32

_BITS = 12
_STEP = 16
"""Stored values per grey level of the display, so that an opacity's soft edge keeps its steps."""


_HAZE_MM = 1.5, 4.5
"""Range of the sigma that an opacity is blurred by: the phantoms' scatter and detector, which come later there."""
_FAR_HAZE = 0.2
"""Share that is blurred four times as far."""
_LOCAL_MM = 1.5
"""Sigma of the neighbourhood whose brightness says how much air there is to replace."""
_DENSE_PERCENTILE = 35
"""Of the mediastinum's brightness: about the heart's, which is no brighter than a consolidated lung."""
_FULL = 0.9
"""Of the way from a place's brightness to the mediastinum's: how white even the densest opacity becomes."""


@dataclass(frozen=True, eq=False)
class Background:
    """A real radiograph, assumed to be a normal frontal chest.

    Attributes:
        image: (side, side) uint8 as displayed, letterboxed as the network takes it.
        lungs: (side, side) boolean, the patient's right and left lung.
        source: which file it was.
    """

    image: NDArray[np.uint8]
    lungs: tuple[Mask, Mask]
    source: BackgroundSource


def read_background(path: Path, side: int) -> Background:
    """Decode an image as the viewer shows it, and find its lungs.

    Raises:
        DicomReadError: it cannot be decoded; the message is a phrase.
        LungsNotFoundError: it is no plain frontal chest; the message is a phrase.
        OSError: the file cannot be read.
    """
    cv2.setNumThreads(1)  # many processes do this at once
    decoded = pixels.decode(path)
    image = windowing.presentation(decoded)
    right, left = (letterbox(mask.astype(np.uint8) * 255, side)[0] > 127 for mask in find_lungs(image))
    source = BackgroundSource(path.stem, identify(path).digest, decoded.header.is_lossy)
    return Background(letterbox(image, side)[0], (right, left), source)


def compose(seed: int, background: Background, opacity_share: float) -> Phantom:
    """Return the background with one to four opacities, or, by chance, as it is; equal arguments give equal bytes.

    Args:
        opacity_share: chance of opacities.
    """
    cv2.setNumThreads(1)
    plan, disease = (np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(2))
    chest = real_chest(background.lungs)
    drawn = draw_opacities(disease, chest) if plan.random() < opacity_share else None
    if drawn is not None and not drawn.masks:  # the lungs had no room for one
        drawn = None
    hazy = None if drawn is None else _hazy(disease, drawn.attenuation, chest)
    return Phantom(
        seed=seed,
        pixels=_stored(background, hazy, chest.projection.pixels(_LOCAL_MM)),
        bits_stored=_BITS,
        photometric_interpretation="MONOCHROME2",
        # PS3.3 C.11.2.1.2: this LINEAR window shows 0 as black and 255 steps as white
        window_center=255 * _STEP / 2 + 0.5,
        window_width=255.0 * _STEP + 1,
        imager_pixel_spacing_mm=chest.projection.mm_per_pixel,
        boxes=np.array(drawn.boxes if drawn else [], np.float32).reshape(-1, 4),
        masks=tuple(drawn.masks) if drawn else (),
        strengths=tuple(drawn.strengths) if drawn else (),
        image_class="Lung Opacity" if drawn else "Normal",
        view_position=chest.thorax.view,
        patient_sex="F" if chest.thorax.female else "M",
        patient_age_years=chest.thorax.age_years,
        distractors=(),
        devices=(),
        background=background.source,
    )


def _hazy(rng: np.random.Generator, attenuation: Image, chest: Chest) -> Image:
    """Return the attenuation as scatter and detector would blur it, inside the lungs."""
    sigma = float(rng.uniform(*_HAZE_MM))
    near, far = (chest.projection.blurred(attenuation, factor * sigma) for factor in (1, 4))
    return float32(((1 - _FAR_HAZE) * near + _FAR_HAZE * far) * (chest.lung > 0))


def _stored(background: Background, attenuation: Image | None, local: float) -> NDArray[np.uint16]:
    """Return the stored values; where nothing is added, those of the background."""
    stored = background.image.astype(np.uint16) * np.uint16(_STEP)
    if attenuation is None:
        return stored
    touched = attenuation > 0
    grey = float32(background.image) * np.float32(1 / 255)
    composed = _composed(grey, background.lungs, attenuation, local)
    # never darker: the display rounds what the film scale gives back
    stored[touched] = np.maximum(stored, np.round(composed * np.float32(255 * _STEP)).astype(np.uint16))[touched]
    return stored


def _composed(grey: Image, lungs: tuple[Mask, Mask], attenuation: Image, local: float) -> Image:
    """Return the grey (0 to 1) with more attenuation, which bends towards that of the mediastinum.

    An opacity replaces air: what is as bright as the mediastinum already (a heart's border, a rib) has none to replace.

    Args:
        local: sigma of the neighbourhood whose brightness counts, pixels.
    """
    lung, mediastinum = lungs[0] | lungs[1], mediastinum_of(lungs)
    scale = FilmScale.of(grey, lung, mediastinum)
    signal = scale.attenuation(grey)
    dense = float(np.percentile(signal[mediastinum], _DENSE_PERCENTILE))
    room = np.float32(dense) - blur(signal, local)
    aerated = np.clip(2 * room / np.float32(max(dense - float(np.median(signal[lung])), 0.1)), 0, 1)
    most = np.maximum(np.float32(_FULL) * room, np.float32(0.02))
    return scale.grey(float32(signal + most * np.tanh(attenuation * aerated / most)))
