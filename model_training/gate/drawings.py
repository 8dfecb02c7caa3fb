"""Pictures that are no projection radiographs: test cards, documents, photographs, slices, noise, blanks."""

import string
from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from model_training.phantom.texture import Image, blur, float32, fractal

Draw = Callable[[np.random.Generator, int], Image]
"""A generator and a side in, (side, side) float32 about 0 black to 1 white out."""

_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_PLAIN, cv2.FONT_HERSHEY_COMPLEX)


def blank(rng: np.random.Generator, side: int) -> Image:
    """Draw one grey, sometimes with faint noise or a bright edge."""
    image = np.full((side, side), rng.uniform(0, 1), np.float32)
    image += np.float32(rng.uniform(0, 0.03)) * rng.standard_normal((side, side), dtype=np.float32)
    if rng.random() < 0.4:
        edge = int(rng.integers(2, side // 4))
        image[:edge] = image[:, -edge:] = rng.uniform(0, 1)
    return image


def noise(rng: np.random.Generator, side: int) -> Image:
    """Draw noise of any colour, from snow to clouds."""
    cells = tuple(int(c) for c in (2, 4, 8, 16, 32, 64, 128)[int(rng.integers(0, 6)) :])
    return float32(
        rng.uniform(0.3, 0.7) + rng.uniform(0.1, 0.4) * fractal(rng, side, cells, float(rng.uniform(0.5, 1.3)))
    )


def ramp(rng: np.random.Generator, side: int) -> Image:
    """Draw grey ramps: straight, round, repeated, or in steps."""
    y, x = (np.mgrid[0:side, 0:side].astype(np.float32) + np.float32(0.5)) / np.float32(side)
    kind, turn = int(rng.integers(3)), float(rng.uniform(0, 2 * np.pi))
    centre = rng.uniform(0.2, 0.8, 2)
    values = (
        np.cos(turn) * x + np.sin(turn) * y
        if kind == 0
        else np.hypot(x - centre[0], y - centre[1]) * rng.uniform(0.6, 2.5)
        if kind == 1
        else (x if rng.random() < 0.5 else y) * rng.choice([1, 2, 4, 8]) % 1
    )
    if rng.random() < 0.4:
        levels = int(rng.integers(3, 18))
        values = np.floor(values * levels) / levels
    if rng.random() < 0.3:  # a shutter
        values = np.where(np.hypot(x - 0.5, y - 0.5) < rng.uniform(0.25, 0.5), values, 0)
    return float32(values - values.min() if rng.random() < 0.5 else 1 - values)


def test_card(rng: np.random.Generator, side: int) -> Image:
    """Draw a test card: background, patches of grey, line pairs, grids, circles, words."""
    card = np.full((side, side), int(rng.integers(0, 256)) if rng.random() < 0.5 else 0, np.uint8)
    if rng.random() < 0.5:
        card[:] = np.clip(ramp(rng, side) * 255, 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(1, 5))):
        _TEST_PATTERNS[int(rng.integers(len(_TEST_PATTERNS)))](rng, card)
    for _ in range(int(rng.integers(0, 4))):
        _write(rng, card, int(rng.integers(4, 22)))
    return float32(card) / np.float32(255)


def _patches(rng: np.random.Generator, card: NDArray[np.uint8]) -> None:
    side = card.shape[0]
    count, size = int(rng.integers(3, 17)), side // int(rng.integers(6, 20))
    along, at = rng.random() < 0.5, int(rng.integers(0, side - size))
    for number, grey in enumerate(np.linspace(0, 255, count)):
        start = round(number * (side - size) / max(1, count - 1))
        corner = (start, at) if along else (at, start)
        cv2.rectangle(card, corner, (corner[0] + size, corner[1] + size), float(grey), -1)


def _checks(rng: np.random.Generator, card: NDArray[np.uint8]) -> None:
    side = card.shape[0]
    cell, low, wide = int(rng.integers(2, 40)), int(rng.integers(0, side // 2)), int(rng.integers(side // 4, side))
    y, x = np.mgrid[0:side, 0:side]
    lines = (x // cell + (y // cell if rng.random() < 0.5 else 0)) % 2
    part = card[low : low + wide, low : low + wide]
    part[:] = np.where(lines[low : low + wide, low : low + wide], rng.integers(128, 256), rng.integers(0, 128))


def _grid(rng: np.random.Generator, card: NDArray[np.uint8]) -> None:
    side, step, grey = card.shape[0], int(rng.integers(8, 64)), float(rng.integers(0, 256))
    for at in range(int(rng.integers(step)), side, step):
        cv2.line(card, (at, 0), (at, side), grey, 1)
        cv2.line(card, (0, at), (side, at), grey, 1)


def _circles(rng: np.random.Generator, card: NDArray[np.uint8]) -> None:
    side = card.shape[0]
    middle = (int(rng.integers(side // 4, 3 * side // 4)), int(rng.integers(side // 4, 3 * side // 4)))
    for _ in range(int(rng.integers(1, 6))):
        thickness = -1 if rng.random() < 0.4 else int(rng.integers(1, 5))
        centre = middle if rng.random() < 0.5 else (int(rng.integers(side)), int(rng.integers(side)))
        cv2.circle(card, centre, int(rng.integers(4, side // 2)), float(rng.integers(0, 256)), thickness, cv2.LINE_AA)


def _boxes(rng: np.random.Generator, card: NDArray[np.uint8]) -> None:
    side = card.shape[0]
    for _ in range(int(rng.integers(1, 7))):
        corners = rng.integers(0, side, (2, 2)).tolist()
        thickness = -1 if rng.random() < 0.5 else int(rng.integers(1, 8))
        cv2.rectangle(card, corners[0], corners[1], float(rng.integers(0, 256)), thickness)


_TEST_PATTERNS = (_patches, _checks, _grid, _circles, _boxes)


def document(rng: np.random.Generator, side: int) -> Image:
    """Draw a page or a screen of text, dark on light or light on dark."""
    page = np.full((side, side), 245, np.uint8)
    line = max(7, int(rng.integers(side // 40, side // 9)))
    for y in range(line, side, round(line * float(rng.uniform(1.0, 1.8)))):
        if rng.random() < 0.85:
            words = "".join(rng.choice(list(string.ascii_letters + "    0123456789"), int(rng.integers(4, 60))))
            place = int(rng.integers(2, side // 3)), y
            cv2.putText(page, words, place, int(rng.choice(_FONTS)), line / 34, 20.0, max(1, line // 16), cv2.LINE_AA)
    if rng.random() < 0.3:
        _boxes(rng, page)
    return float32(255 - page if rng.random() < 0.4 else page) / np.float32(255)


def _write(rng: np.random.Generator, card: NDArray[np.uint8], letters: int) -> None:
    side = card.shape[0]
    text = "".join(rng.choice(list(string.ascii_uppercase + string.digits + " :-"), letters))
    place = int(rng.integers(0, side // 2)), int(rng.integers(side // 10, side))
    size = float(rng.uniform(0.3, 1.2)) * side / 256
    cv2.putText(card, text, place, int(rng.choice(_FONTS)), size, float(rng.integers(0, 256)), 1, cv2.LINE_AA)


def photograph(rng: np.random.Generator, side: int) -> Image:
    """Draw what a snapshot may look like: light falling on overlapping things of many shapes, before a background."""
    image = float32(0.5 + 0.2 * fractal(rng, side, (2, 4, 8, 16, 32, 64), 0.7))
    for _ in range(int(rng.integers(4, 45))):
        mask = np.zeros((side, side), np.uint8)
        centre, size = rng.uniform(0, side, 2), float(rng.uniform(0.03, 0.4)) * side
        corners = int(rng.integers(3, 14))
        angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
        reach = size * rng.uniform(0.35, 1.0, corners)
        points = centre + np.column_stack([np.cos(angles), np.sin(angles)]) * reach[:, None]
        cv2.fillPoly(mask, [np.round(points).astype(np.int32)], 255.0, cv2.LINE_AA)
        cover = blur(float32(mask) / np.float32(255), float(rng.uniform(0, 3)))
        y, x = np.mgrid[0:side, 0:side].astype(np.float32)
        light = ((x - centre[0]) * rng.normal() + (y - centre[1]) * rng.normal()) / side
        own = rng.uniform(0, 1) + 0.5 * light + rng.uniform(0, 0.15) * fractal(rng, side, (16, 32, 64), 0.8)
        image = float32(image * (1 - cover) + own * cover)
    return image


def portrait(rng: np.random.Generator, side: int) -> Image:
    """Draw a face before a background."""
    image = float32(rng.uniform(0.1, 0.9) + 0.15 * fractal(rng, side, (2, 4, 8), 0.7))
    y, x = (np.mgrid[0:side, 0:side].astype(np.float32) - side / 2) / side
    x, y = x - np.float32(rng.normal(0, 0.07)), y - np.float32(rng.normal(0, 0.07))
    wide = float(rng.uniform(0.15, 0.32))

    def spot(at: tuple[float, float], half: tuple[float, float], soft: float = 6.0) -> Image:
        distance = ((x - at[0] * wide) / (half[0] * wide)) ** 2 + ((y - at[1] * wide) / (half[1] * wide)) ** 2
        return float32(1 / (1 + np.exp(np.clip(soft * (distance - 1), -60, 60))))

    skin, hair = float(rng.uniform(0.4, 0.9)), float(rng.uniform(0, 0.8))
    parts: list[tuple[tuple[float, float], tuple[float, float], float]] = [
        ((0, -0.35), (1.2, 1.35), hair),
        ((0, 2.3), (2.2, 1.2), float(rng.uniform(0, 1))),
        ((0, 0), (1, 1.3), skin),
    ]
    parts += [((s * 0.4, -0.2), (0.2, 0.1), skin - 0.4) for s in (-1, 1)]
    parts += [((0, 0.7), (0.4, 0.1), skin - 0.3), ((0, 0.2), (0.12, 0.3), skin + 0.1)]
    for at, half, grey in parts:
        cover = spot(at, half)
        image = float32(image * (1 - cover) + grey * cover)
    return float32(image + np.float32(rng.uniform(-0.3, 0.3)) * x)


def slice_image(rng: np.random.Generator, side: int) -> Image:
    """Draw a computed tomogram or a magnetic resonance slice: a bright ellipse on black, organs, a ring of bone."""
    y, x = (np.mgrid[0:side, 0:side].astype(np.float32) - side / 2) / side
    wide, high = float(rng.uniform(0.26, 0.48)), float(rng.uniform(0.22, 0.42))

    def inside(at: tuple[float, float], half: tuple[float, float]) -> Image:
        distance = ((x - at[0]) / half[0]) ** 2 + ((y - at[1]) / half[1]) ** 2
        return float32(1 / (1 + np.exp(np.clip(40 * (distance - 1), -60, 60))))

    body = inside((0, 0), (wide, high))
    image = body * np.float32(rng.uniform(0.35, 0.6))
    image += np.float32(rng.uniform(0.1, 0.5)) * (
        inside((0, 0), (0.9 * wide, 0.9 * high)) - inside((0, 0), (0.8 * wide, 0.8 * high))
    )
    has_lungs, deep = rng.random() < 0.45, float(rng.uniform(0.3, 0.6))
    for sign in (-1, 1):
        if has_lungs:
            lung = inside((sign * 0.5 * wide, -0.05 * high), (0.34 * wide, 0.66 * high))
            image -= np.float32(deep) * lung * image / np.maximum(image.max(), 1e-3)
    for _ in range(int(rng.integers(2, 12))):
        at = float(rng.uniform(-0.6, 0.6) * wide), float(rng.uniform(-0.6, 0.6) * high)
        image += body * inside(at, tuple(rng.uniform(0.03, 0.14, 2))) * np.float32(rng.normal(0, 0.2))
    image += inside((0, 0.6 * high), (0.13 * wide, 0.16 * high)) * np.float32(rng.uniform(0.2, 0.6))
    if rng.random() < 0.5:
        image += inside((0, high + 0.06), (wide * 1.1, 0.012)) * np.float32(0.35)
    texture = fractal(rng, side, (16, 32, 64, 128), 0.9)
    return float32(np.maximum(image, 0) + body * np.float32(rng.uniform(0, 0.06)) * texture)


DRAWINGS: Mapping[str, Draw] = {
    "blank": blank,
    "noise": noise,
    "ramp": ramp,
    "test card": test_card,
    "document": document,
    "photograph": photograph,
    "portrait": portrait,
    "slice": slice_image,
}
