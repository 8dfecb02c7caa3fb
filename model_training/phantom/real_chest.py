"""Fits the patient's frame of the phantoms to the lungs of a real radiograph, so that opacities can be drawn there."""

import cv2
import numpy as np

from model_training.phantom.opacities import Mask
from model_training.phantom.raster import Points, Projection
from model_training.phantom.silhouettes import LungOutline
from model_training.phantom.soft_tissue import Chest
from model_training.phantom.texture import Image, float32
from model_training.phantom.thorax import SIDES, Thorax

_HALF_WIDTH_MM = 132.0
"""Inner half width of the rib cage of the average adult; an image's scale is unknown, and a rough one is enough."""
_ROOM_MM, _EDGE_MM = 3.0, 2.5
"""How far a lung may reach beyond what was found of it, and the sigma of the edge within which an opacity fades out:
found outlines lie off by so much, which a hard edge would show as a rim."""
_DEEPEST_CM, _AERATED = 14.0, 0.75
"""Means of what ``soft_tissue`` draws: the depth of a lung and the share of air in it."""
_ROUNDING_MM = 24.0
"""Of the lung's depth along its edge; less than in ``soft_tissue``, or a dark rim stays around large opacities."""


def real_chest(lungs: tuple[Mask, Mask]) -> Chest:
    """Return a chest whose lungs are those of the masks, upright and turned nowhere, without heart and mediastinum.

    What lies behind the heart is outside the masks of real lungs already.

    Args:
        lungs: (side, side) boolean, the patient's right and left lung as displayed.
    """
    projection, thorax = _frame(lungs)
    soft = _soft_edged(lungs[0], projection), _soft_edged(lungs[1], projection)
    empty = np.zeros((projection.side, projection.side), np.float32)
    depth = sum((projection.inflated(lung, _ROUNDING_MM, 0.06) for lung in soft), empty)
    right, left = (_outline(side, mask, projection) for side, mask in zip(SIDES, lungs, strict=True))
    return Chest(
        thorax=thorax,
        projection=projection,
        outlines=(right, left),
        lungs=soft,
        heart=empty,
        heart_points=np.zeros((0, 2)),
        mediastinum=empty,
        aerated_cm=float32(depth * np.float32(_DEEPEST_CM * _AERATED)),
        attenuation=empty,
        trachea_x=0.0,
        hilum_y=0.44 * thorax.base_mm,
    )


def mediastinum_of(lungs: tuple[Mask, Mask]) -> Mask:
    """Return what lies between the two lungs, at the level of both; where they leave no room, the midline."""
    columns = [np.flatnonzero(mask.any(axis=0)) for mask in lungs]
    rows = [np.flatnonzero(mask.any(axis=1)) for mask in lungs]
    left, right = int(columns[0][-1]) + 1, int(columns[1][0])
    between = np.zeros_like(lungs[0])
    top, bottom = max(int(each[0]) for each in rows), min(int(each[-1]) for each in rows) + 1
    between[top:bottom, min(left, right) : max(left, right) + 1] = True
    return between


def _frame(lungs: tuple[Mask, Mask]) -> tuple[Projection, Thorax]:
    """Return the projection that puts origin and scale of the patient's frame on the lungs, and an average thorax."""
    boxes = [cv2.boundingRect(mask.astype(np.uint8)) for mask in lungs]  # x, y, width, height
    (x1, y1, w1, h1), (x2, y2, w2, h2) = boxes
    mm_per_pixel = 2 * _HALF_WIDTH_MM / (x2 + w2 - x1)
    side, top = lungs[0].shape[0], min(y1, y2)
    middle = (x1 + w1 + x2) / 2
    projection = Projection.place(side, mm_per_pixel, (middle / side, top / side), np.zeros(2), tilt=0)
    domes = (y1 + h1 - top) * mm_per_pixel, (y2 + h2 - top) * mm_per_pixel
    thorax = Thorax(
        view="PA",
        female=False,
        age_years=50,
        half_width_mm=_HALF_WIDTH_MM,
        dome_mm=domes,
        apex_ratio=0.46,
        widest_at=0.68,
        mediastinum_half_width_mm=max((x2 - x1 - w1) / 2 * mm_per_pixel, 10.0),
        cardiothoracic_ratio=0.48,
        heart_roundness=0.45,
        thickness_cm=22.5,
        wall_mm=30.0,
        rotation_degrees=0.0,
        scoliosis_mm=0.0,
        hyperinflated=False,
    )
    return projection, thorax


def _soft_edged(lung: Mask, projection: Projection) -> Image:
    """Return the lung with some room as a picture in [0, 1] that fades out towards its edge."""
    size = 2 * max(1, round(projection.pixels(_ROOM_MM))) + 1
    grown = cv2.dilate(lung.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    blurred = projection.blurred(float32(grown), _EDGE_MM)
    return float32(np.clip(2 * blurred - 1, 0, 1) * grown)


def _outline(side: int, lung: Mask, projection: Projection) -> LungOutline:
    contours, _ = cv2.findContours(lung.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    located = max(contours, key=cv2.contourArea)[:, 0] + 0.5
    points: Points = (located - projection.matrix[:, 2]) * projection.mm_per_pixel
    bottom = float(points[:, 1].max())
    return LungOutline(side, points, dome_mm=bottom, angle_mm=bottom)
