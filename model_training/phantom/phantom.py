"""Assembles one simulated radiograph: a chest, its disease, its devices and its exposure, from one seed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from model_training.phantom.bones import bone_attenuation
from model_training.phantom.devices import device_attenuation, other_device_attenuation
from model_training.phantom.distractors import choose_distractors, distractor_attenuation, lung_texture
from model_training.phantom.domain import PLAIN, Domain, MakersProcessing
from model_training.phantom.exposure import Technique, collimate, expose, grey_scale, sample_technique, shade
from model_training.phantom.fissure import fissure_attenuation
from model_training.phantom.markers import draw_markers
from model_training.phantom.opacities import Mask, draw_opacities
from model_training.phantom.other_makers import processed
from model_training.phantom.raster import Projection
from model_training.phantom.soft_tissue import Chest, build_chest
from model_training.phantom.texture import Image
from model_training.phantom.thorax import Thorax, ViewPosition, sample_thorax
from model_training.phantom.variation import vary_place, vary_technique, vary_thorax
from model_training.phantom.vessels import hilar_attenuation, vessel_attenuation

ImageClass = Literal["Normal", "No Lung Opacity / Not Normal", "Lung Opacity"]
Photometric = Literal["MONOCHROME1", "MONOCHROME2"]
CLASSES: tuple[ImageClass, ...] = get_args(ImageClass)

# Images per class in the RSNA stage-2 training labels.
RSNA_SHARES: Mapping[ImageClass, float] = {
    "Normal": 8851 / 26684,
    "No Lung Opacity / Not Normal": 11821 / 26684,
    "Lung Opacity": 6012 / 26684,
}


def shares_with_opacity(share: float) -> dict[ImageClass, float]:
    """Return class weights with the given share of opacities, the other two in the ratio of the RSNA labels."""
    normal, not_normal = RSNA_SHARES["Normal"], RSNA_SHARES["No Lung Opacity / Not Normal"]
    rest = (1 - share) / (normal + not_normal)
    return {"Normal": normal * rest, "No Lung Opacity / Not Normal": not_normal * rest, "Lung Opacity": share}


_BEDSIDE = {"Normal": 0.25, "No Lung Opacity / Not Normal": 0.45, "Lung Opacity": 0.6}
"""Share of AP films by class; the sick are imaged in bed."""

GENERATOR_VERSION = "1.1"
SMALLEST_SIDE = 64


@dataclass(frozen=True)
class BackgroundSource:
    """The image file of a real radiograph into which a phantom's opacities were composed.

    Args:
        name: stem of the file.
        digest: sha256 of the file, hexadecimal.
        is_lossy: its pixels went through lossy compression.
    """

    name: str
    digest: str
    is_lossy: bool = False


@dataclass(frozen=True)
class Phantom:
    """One simulated radiograph.

    Args:
        pixels: (side, side) uint16 stored values, DX "for presentation".
        boxes: (N, 4) float32, x1 y1 x2 y2, native pixels, corner origin; each the bounding box of its mask.
        masks: one (side, side) boolean array per opacity.
        window_center: with window_width the VOI window of the stored values (before the polarity).
        imager_pixel_spacing_mm: pixel pitch on the detector.
        distractors: names of abnormalities that are no opacity.
        devices: names of the devices drawn.
        strengths: peak -log attenuation each opacity asks for, aligned with boxes.
        background: the real radiograph that it is but for its opacities; pixel spacing, view, sex and age are then
            those of the average chest that was fitted to it, and none of the person's.
        domain: the family it belongs to.
    """

    seed: int
    pixels: NDArray[np.uint16]
    bits_stored: int
    photometric_interpretation: Photometric
    window_center: float
    window_width: float
    imager_pixel_spacing_mm: float
    boxes: NDArray[np.float32]
    masks: tuple[Mask, ...]
    strengths: tuple[float, ...]
    image_class: ImageClass
    view_position: ViewPosition
    patient_sex: Literal["F", "M"]
    patient_age_years: int
    distractors: tuple[str, ...]
    devices: tuple[str, ...]
    background: BackgroundSource | None = None
    domain: Domain = PLAIN

    def displayed(self) -> NDArray[np.uint8]:
        """Return (side, side) uint8 as a viewer shows it through the window: air black, bone white."""
        low = self.window_center - self.window_width / 2
        shown = np.clip((self.pixels.astype(np.float32) - low) / self.window_width, 0, 1)
        if self.photometric_interpretation == "MONOCHROME1":
            shown = 1 - shown
        return np.asarray(np.round(shown * 255), np.uint8)


def simulate(
    seed: int,
    side: int = 512,
    kind: ImageClass | None = None,
    shares: Mapping[ImageClass, float] = RSNA_SHARES,
    domain: Domain = PLAIN,
) -> Phantom:
    """Simulate one frontal chest radiograph; equal arguments give equal bytes on one machine.

    Each part draws from its own stream of the seed, so another side shows the same patient at another resolution.

    Args:
        side: rows and columns, at least 64.
        kind: the image class; drawn by `shares` (relative weights) when None.
        domain: family of phantoms; its own draws come from streams beside those of the plain ones.

    Raises:
        ValueError: the side is too small, or no class has a share.
    """
    if side < SMALLEST_SIDE:
        raise ValueError(f"a phantom needs a side of at least {SMALLEST_SIDE} pixels, not {side}")
    cv2.setNumThreads(1)  # pictures are made by many processes; also keeps the bytes independent of the core count
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(12)]
    plan, shape, soft, vascular, skeletal, disease, sickness, hardware, beam, finish, variety, makers = streams
    image_class = kind if kind is not None else _choose_class(plan, shares)
    view: ViewPosition = "AP" if plan.random() < _BEDSIDE[image_class] + domain.bedside_shift else "PA"
    distractors = choose_distractors(plan, image_class)
    thorax = vary_thorax(variety, sample_thorax(shape, view, distractors), domain)
    projection = vary_place(variety, place_patient(shape, thorax, side), thorax, domain)

    chest = build_chest(soft, thorax, projection)
    vessels = vessel_attenuation(vascular, chest, congested="oedema" in distractors)
    attenuation = chest.attenuation + hilar_attenuation(vascular, chest, enlarged="enlarged hila" in distractors)
    attenuation += lung_texture(vascular, chest, coarse="reticulation" in distractors)
    masks: tuple[Mask, ...] = ()
    strengths: tuple[float, ...] = ()
    boxes = np.zeros((0, 4), np.float32)
    if image_class == "Lung Opacity":
        opacities = draw_opacities(disease, chest)
        attenuation += opacities.attenuation + vessels * (1 - 0.75 * opacities.coverage)
        masks, strengths = tuple(opacities.masks), tuple(opacities.strengths)
        boxes = np.array(opacities.boxes, np.float32).reshape(-1, 4)
    else:
        attenuation += vessels
    attenuation += distractor_attenuation(sickness, chest, distractors, vessels)
    attenuation += bone_attenuation(skeletal, thorax, projection, chest.heart)
    hardware_attenuation, devices = device_attenuation(hardware, chest)
    attenuation += hardware_attenuation
    extra_attenuation, extra = _extras(variety, chest, domain)
    attenuation += extra_attenuation
    devices += extra

    technique = vary_technique(variety, sample_technique(beam, view), view == "AP", domain)
    signal = expose(beam, attenuation, technique, projection)
    values = shade(finish, _picture(makers, signal, technique, domain))
    values = draw_markers(finish, collimate(finish, values, view), view)
    photometric: Photometric = "MONOCHROME1" if finish.random() < 0.25 else "MONOCHROME2"
    pixels, centre, width = _store(finish, values, technique.bits_stored, photometric)
    return Phantom(
        seed=seed,
        domain=domain,
        pixels=pixels,
        bits_stored=technique.bits_stored,
        photometric_interpretation=photometric,
        window_center=centre,
        window_width=width,
        imager_pixel_spacing_mm=projection.mm_per_pixel,
        boxes=boxes,
        masks=masks,
        strengths=strengths,
        image_class=image_class,
        view_position=view,
        patient_sex="F" if thorax.female else "M",
        patient_age_years=thorax.age_years,
        distractors=distractors,
        devices=devices,
    )


def _extras(rng: np.random.Generator, chest: Chest, domain: Domain) -> tuple[Image, tuple[str, ...]]:
    """Return the attenuation of what the domain adds to a chest (a fissure, devices), and the devices' names."""
    total = np.zeros_like(chest.attenuation)
    if rng.random() < domain.fissure:
        total += fissure_attenuation(rng, chest)
    if rng.random() >= domain.extra_devices:
        return total, ()
    devices, names = other_device_attenuation(rng, chest)
    return total + devices, names


def _picture(rng: np.random.Generator, signal: Image, technique: Technique, domain: Domain) -> Image:
    if domain.processing is MakersProcessing.OTHER:
        return processed(rng, signal, technique)
    return grey_scale(signal, technique)


def place_patient(rng: np.random.Generator, thorax: Thorax, side: int) -> Projection:
    """Put the patient on the detector; the lungs fill 40 to 80 % of its width, as on the real films looked at."""
    bedside = thorax.view == "AP"
    share = float(np.clip(rng.normal(0.635 if bedside else 0.66, 0.075 if bedside else 0.06), 0.40, 0.82))
    mm_per_pixel = 2 * thorax.half_width_mm / (share * side)
    height = thorax.base_mm / (mm_per_pixel * side)
    room = max(0.0, 0.88 - height)  # what neck and abdomen share
    apex = float(np.clip(rng.normal(0.40, 0.13) * room, 0.02, 0.34))
    centre = 0.5 + float(rng.normal(0, 0.035 if bedside else 0.02)), apex + height / 2
    tilt = float(rng.normal(0, 4.5 if bedside else 1.6))
    return Projection.place(side, mm_per_pixel, centre, np.array([0, thorax.base_mm / 2]), tilt)


def _choose_class(rng: np.random.Generator, shares: Mapping[ImageClass, float]) -> ImageClass:
    weights = np.array([max(0.0, float(shares.get(name, 0))) for name in CLASSES])
    if weights.sum() <= 0:
        raise ValueError(f"no class of {', '.join(CLASSES)} has a share above 0")
    return CLASSES[int(rng.choice(len(CLASSES), p=weights / weights.sum()))]


def _store(
    rng: np.random.Generator, values: Image, bits: int, photometric: Photometric
) -> tuple[NDArray[np.uint16], float, float]:
    """Return stored values with the window (centre, width) that shows presentation values 0 to 1."""
    largest = 2**bits - 1
    floor, gain = float(rng.uniform(0, 0.08)) * largest, float(rng.uniform(0.6, 0.78)) * largest
    stored = np.clip(np.round(values * np.float32(gain) + np.float32(floor)), 0, largest)
    centre, width = floor + gain * 0.5, gain * float(rng.uniform(1.01, 1.08))
    if photometric == "MONOCHROME1":
        stored, centre = largest - stored, largest - centre
    return stored.astype(np.uint16), round(centre), round(width)
