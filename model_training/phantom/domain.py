"""Domains: families of phantoms that differ in field of view, asymmetry, exposure, devices and readers' noise."""

from dataclasses import dataclass
from enum import StrEnum


class MakersProcessing(StrEnum):
    """How a signal becomes the picture that is stored."""

    DIGITAL = "digital"
    """The soft-shouldered curve of today's flat panels (``exposure.grey_scale``)."""
    OTHER = "other"
    """Film curves, adaptive equalisation, grid lines, clumped grain, lossy compression (``other_makers``)."""


@dataclass(frozen=True, slots=True)
class Domain:
    """What makes one family of phantoms; the defaults leave the plain ones as they are.

    Attributes:
        bedside_shift: added to the share of AP films of every class.
        zoom_sd: spread of ln(how much of the frame the lungs fill), beside the plain spread.
        zoom_modes: means of ln of that factor, one of which is drawn.
        shift_sd: further spread of the patient's centre, shares of the frame.
        tilt_sd: further spread of the tilt, degrees.
        rotation_sd: further spread of the turn about the long axis, degrees.
        scoliosis_sd: further spread of the spine's bend, mm.
        volume_loss: share of patients with one smaller lung (raised dome, mediastinum drawn over).
        fissure: share of patients whose minor fissure is seen.
        low_contrast: share of films with a flat, scattered, underexposed look (bedside films twice as often).
        extra_devices: share of patients with drains, cables, plates and electrodes of other makes.
        processing: of the signal.
        reader_noise: spread of every edge of a labelled box in sides of the box; masks stay exact.
    """

    bedside_shift: float = 0.0
    zoom_sd: float = 0.0
    zoom_modes: tuple[float, ...] = (0.0,)
    shift_sd: float = 0.0
    tilt_sd: float = 0.0
    rotation_sd: float = 0.0
    scoliosis_sd: float = 0.0
    volume_loss: float = 0.0
    fissure: float = 0.0
    low_contrast: float = 0.0
    extra_devices: float = 0.0
    processing: MakersProcessing = MakersProcessing.DIGITAL
    reader_noise: float = 0.0


PLAIN = Domain()

DOMAINS: dict[str, Domain] = {
    "plain": PLAIN,
    # for learning: wider than real films are, so that these lie inside
    "varied": Domain(
        bedside_shift=0.12,
        zoom_sd=0.13,
        zoom_modes=(0.0, 0.12, -0.12),
        shift_sd=0.035,
        tilt_sd=3.0,
        rotation_sd=7.0,
        scoliosis_sd=5.0,
        volume_loss=0.18,
        fissure=0.4,
        low_contrast=0.35,
        extra_devices=0.12,
        reader_noise=0.05,
    ),
    # for choosing between candidates: never learned from, and made by other means than the changes of training
    "second": Domain(
        bedside_shift=0.1,
        zoom_sd=0.05,
        zoom_modes=(0.22, -0.22, 0.0),
        shift_sd=0.03,
        tilt_sd=5.0,
        rotation_sd=4.0,
        scoliosis_sd=3.0,
        volume_loss=0.08,
        fissure=0.3,
        low_contrast=0.25,
        extra_devices=0.35,
        processing=MakersProcessing.OTHER,
    ),
}
"""The domains by name; ``docs/adr/0012`` says what each is for."""
