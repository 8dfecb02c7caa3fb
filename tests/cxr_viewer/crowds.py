"""Candidates all over an image, as the hardest settings of the sliders meet them."""

import numpy as np

from cxr_viewer.core.candidates import Candidates


def many_candidates(rows: int, columns: int, count: int = 1000, members: int = 12) -> Candidates:
    """Return candidates whose boxes are spread over an image, scores of most of them low."""
    generator = np.random.default_rng(1)
    scores = np.sort(generator.beta(1, 6, count))[::-1].clip(0.03, 1)
    spread = np.abs(generator.normal(0, 0.15, (count, 2)))
    size = np.log(generator.uniform(0.03, 0.25, (count, 2)) * [columns, rows])
    noise = generator.normal(0, 0.02, (count, members))
    return Candidates(
        np.arange(count, dtype=np.int32),
        (generator.uniform(0, 1, (count, 2)) * [columns, rows]).astype(np.float32),
        size.astype(np.float32),
        (size - spread).astype(np.float32),
        (size + spread).astype(np.float32),
        (scores[:, None] + noise).clip(0.03, 1).astype(np.float32),
        rows,
        columns,
    )
