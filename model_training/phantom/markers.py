"""Letters burned into the picture: side markers and the words of bedside films."""

import cv2
import numpy as np

from model_training.phantom.texture import Image, float32
from model_training.phantom.thorax import ViewPosition

_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_PLAIN)


def draw_markers(rng: np.random.Generator, values: Image, view: ViewPosition) -> Image:
    """Write a side marker (L on the image's right, R on its left), sometimes in a disc, and words such as PORTABLE."""
    side = values.shape[0]
    ink = np.zeros((side, side), np.uint8)
    left = rng.random() < 0.75
    if rng.random() < 0.75:
        x, y = rng.uniform(0.86, 0.96) if left else rng.uniform(0.02, 0.1), rng.uniform(0.05, 0.3)
        size = float(rng.uniform(0.7, 1.5)) * side / 512
        if view == "AP" and rng.random() < 0.4:
            centre = round((x + 0.012 * size * 512 / side) * side), round((y - 0.012) * side)
            cv2.circle(ink, centre, max(2, round(0.022 * side)), 255, max(1, side // 400), cv2.LINE_AA)
            size *= 0.6
        _write(rng, ink, "L" if left else "R", (float(x), float(y)), size)
    if view == "AP" and rng.random() < 0.55:
        x, y = float(rng.choice([0.03, 0.8])), float(rng.uniform(0.04, 0.3))
        words = ["AP", "PORTABLE", "SUPINE", "AP ERECT", "PORTABLE AP", "SEMI ERECT"]
        for line, word in enumerate(rng.choice(words, size=int(rng.integers(1, 3)), replace=False)):
            _write(rng, ink, str(word), (x, y + 0.04 * line), float(rng.uniform(0.35, 0.6)) * side / 512)
    level = np.float32(rng.uniform(0.75, 1.05))
    cover = ink.astype(np.float32) / 255
    return float32(values * (1 - cover) + level * cover)


def _write(
    rng: np.random.Generator,
    ink: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]",
    text: str,
    at: tuple[float, float],
    size: float,
) -> None:
    side = ink.shape[0]
    font = int(rng.choice(_FONTS))
    scale = size * (1.8 if font == cv2.FONT_HERSHEY_PLAIN else 1)
    thick = max(1, round(float(rng.uniform(1, 3)) * size))
    place = round(at[0] * side), round(at[1] * side)
    cv2.putText(ink, text, place, font, scale, 255, thick, cv2.LINE_AA)
