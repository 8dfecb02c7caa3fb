"""Whether bf16 pays on this processor: measured once, kept beside the compiled graphs.

That a processor has bf16 does not say that it is faster: a Xeon with avx512_bf16 and no AMX takes 1.4 to 1.8 times as
long as in fp32, an EPYC with the same flag 0.7 times (docs/adr/0020).
"""

import json
import logging
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from time import perf_counter

LEAST_GAIN = 1.15
"""How many times faster bf16 must be to be taken: less than noise must not decide, and fp32 is the more exact one."""

_ROUNDS = 8
_LONGEST = 1.0
"""Seconds after which no further round begins."""


def decided(folder: Path, facts: Mapping[str, str], measure: Callable[[], Mapping[str, float]]) -> str:
    """Return "fp32" or "bf16" as it was decided for these facts before, else as ``measure`` decides now.

    Args:
        folder: where decisions are kept, one small file each.
        facts: all that a decision depends on: processor, engine, bundle, settings.
        measure: returns the seconds of "fp32" and of "bf16".
    """
    path = folder / f"precision-{sha256(json.dumps(dict(facts), sort_keys=True).encode()).hexdigest()[:16]}.json"
    known = _kept(path)
    if known:
        return known
    seconds = measure()
    choice = faster(seconds)
    _keep(path, {**facts, "precision": choice, "seconds": {key: round(value, 6) for key, value in seconds.items()}})
    return choice


def faster(seconds: Mapping[str, float]) -> str:
    """Return "bf16" where it is clearly the faster one."""
    return "bf16" if seconds["fp32"] >= LEAST_GAIN * seconds["bf16"] else "fp32"


def timed(ways: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Return the least seconds of each way over interleaved rounds; a slow network runs once, a quick one warms up."""
    best: dict[str, float] = {}
    begun = perf_counter()
    for _ in range(_ROUNDS):
        for name, way in ways.items():
            start = perf_counter()
            way()
            best[name] = min(best.get(name, float("inf")), perf_counter() - start)
        if perf_counter() - begun > _LONGEST:
            break
    return best


def _kept(path: Path) -> str:
    try:
        choice = json.loads(path.read_text(encoding="utf-8"))["precision"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return choice if choice in ("fp32", "bf16") else ""


def _keep(path: Path, content: Mapping[str, object]) -> None:
    partial = path.with_suffix(".partial")
    try:
        partial.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        partial.replace(path)
    except OSError as error:  # a full disk costs a measurement at the next start, not the model
        logging.getLogger(__name__).warning("%s cannot be written (%s).", path, error.strerror)
