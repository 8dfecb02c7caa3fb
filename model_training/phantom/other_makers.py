"""Pictures as other makers and older processes make them: the exposures of the second domain.

Made by other means than the changes of training (``model_training/tones.py``), so that a detector that learned those by
heart gains nothing here: film curves, contrast-limited adaptive equalisation, grid lines, clumped grain, dust, lossy
compression.
"""

import cv2
import numpy as np

from model_training.phantom.exposure import Technique, grey_scale
from model_training.phantom.texture import Image, blur, float32


def processed(rng: np.random.Generator, signal: Image, technique: Technique) -> Image:
    """Return presentation values in [0, 1.1] from the -log signal."""
    kind = rng.random()
    if kind < 0.4:
        values = _film(rng, signal)
    elif kind < 0.7:
        values = _equalised(rng, grey_scale(signal, technique))
    else:
        values = _stepped(rng, grey_scale(signal, technique))
    if rng.random() < 0.35:
        values = _with_grid_lines(rng, values)
    if rng.random() < 0.6:
        values = _with_grain(rng, values)
    if rng.random() < 0.3:
        values = _with_dust(rng, values)
    if rng.random() < 0.5:
        values = _compressed(rng, values)
    return float32(np.clip(values, 0, 1.1))


def _film(rng: np.random.Generator, signal: Image) -> Image:
    """Screen-film: the characteristic curve of Hurter and Driffield, fixed exposure, often over- or underexposed."""
    exposure = -signal / np.float32(np.log(10))  # log10 of the relative exposure
    middle = float(np.percentile(exposure[::4, ::4], rng.uniform(52, 82))) + float(rng.normal(0, 0.1))
    slope = float(rng.uniform(2.2, 4.2))  # mean gradient 2.2 to 3.3 of chest films, at its steepest
    fog, densest = float(rng.uniform(0.15, 0.3)), float(rng.uniform(2.4, 3.4))
    density = fog + (densest - fog) / (1 + np.exp(-slope * (exposure - middle) * np.float32(1.6)))
    return float32(1.03 - (density - fog) / np.float32(densest - fog))


def _equalised(rng: np.random.Generator, values: Image) -> Image:
    """Contrast-limited adaptive histogram equalisation, mixed in."""
    tiles = int(rng.choice([3, 4, 6]))
    engine = cv2.createCLAHE(clipLimit=float(rng.uniform(1.2, 2.6)), tileGridSize=(tiles, tiles))
    equalised = engine.apply(np.asarray(np.clip(values, 0, 1) * 65535, np.uint16))
    share = np.float32(rng.uniform(0.4, 0.9))
    return float32(values * (1 - share) + share * float32(equalised) * np.float32(1 / 65535))


def _stepped(rng: np.random.Generator, values: Image) -> Image:
    """A curve of three straight pieces (window of an old console), its ends cut off."""
    low, high = float(rng.uniform(0.0, 0.18)), float(rng.uniform(0.75, 1.05))
    knee_in, knee_out = float(rng.uniform(0.3, 0.6)), float(rng.uniform(0.25, 0.7))
    knee_in = low + knee_in * (high - low)
    return float32(np.interp(values, [low, knee_in, high], [0.0, knee_out, 1.0]))


def _with_grid_lines(rng: np.random.Generator, values: Image) -> Image:
    period, strength = float(rng.uniform(2.3, 7)), float(rng.uniform(0.01, 0.035))
    phase = np.arange(values.shape[0], dtype=np.float32) * np.float32(2 * np.pi / period)
    wave = np.float32(strength) * np.sin(phase + np.float32(rng.uniform(0, 6)))
    return float32(values + (wave[None, :] if rng.random() < 0.7 else wave[:, None]))


def _with_grain(rng: np.random.Generator, values: Image) -> Image:
    """Clumped grain, stronger in the grey middle than in black and white."""
    grain = blur(rng.standard_normal(values.shape, dtype=np.float32), float(rng.uniform(0.5, 1.6)) * len(values) / 512)
    grain *= np.float32(rng.uniform(0.01, 0.045)) / max(float(grain.std()), 1e-6)
    return float32(values + grain * (np.float32(0.4) + np.float32(2.4) * np.clip(values * (1 - values), 0, 0.25)))


def _with_dust(rng: np.random.Generator, values: Image) -> Image:
    """Scratches and dust on plate or scanner."""
    side = values.shape[0]
    ink: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] = np.zeros((side, side), np.uint8)
    for _ in range(int(rng.integers(1, 6))):
        start = rng.uniform(0, side, 2)
        end = start + rng.normal(0, 0.12, 2) * side
        cv2.line(ink, start.astype(int).tolist(), end.astype(int).tolist(), 200, max(1, side // 600), cv2.LINE_AA)
    for _ in range(int(rng.integers(0, 25))):
        cv2.circle(ink, rng.integers(0, side, 2).tolist(), int(rng.integers(1, max(2, side // 250))), 220, -1)
    return values + float32(ink) * np.float32(rng.choice([-1.0, 1.0]) * rng.uniform(0.1, 0.4) / 255)


def _compressed(rng: np.random.Generator, values: Image) -> Image:
    """JPEG baseline at low quality, on a coarser grid in some: blocks and lost detail."""
    side = values.shape[0]
    small = int(side * (rng.uniform(0.45, 0.8) if rng.random() < 0.4 else 1))
    picture = np.asarray(np.clip(values, 0, 1.02) * (255 / 1.02), np.uint8)
    picture = cv2.resize(picture, (small, small), interpolation=cv2.INTER_AREA) if small != side else picture
    _, stream = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 70))])
    decoded = cv2.imdecode(stream, cv2.IMREAD_GRAYSCALE)
    if decoded is None:
        raise RuntimeError("OpenCV could not read back the JPEG stream that it wrote.")
    return float32(cv2.resize(decoded, (side, side), interpolation=cv2.INTER_LINEAR)) * np.float32(1.02 / 255)
