"""Times rival ways in turn, so that a noisy machine hits all of them alike."""

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter


def medians(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median seconds of each way over ``rounds`` interleaved calls, after one call to warm up."""
    for way in ways.values():
        way()
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            start = perf_counter()
            way()
            times[name].append(perf_counter() - start)
    return {name: median(values) for name, values in times.items()}


def table(title: str, results: Mapping[str, float], reference: str) -> str:
    """Return a Markdown table of milliseconds and of how many times faster than the reference each way is."""
    rows = [f"| {name} | {1000 * value:.2f} | {results[reference] / value:.2f} |" for name, value in results.items()]
    return "\n".join([f"\n### {title}\n", f"| way | ms | times faster than {reference} |", "|---|---|---|", *rows])
