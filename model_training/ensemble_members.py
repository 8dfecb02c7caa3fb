"""The members of an ensemble: the last checkpoints of several runs, all of one network and one strength."""

from collections.abc import Sequence
from pathlib import Path

from model_training.run_folder import FittedMember, read_checkpoints, read_member

RunMembers = tuple[FittedMember, ...]
"""What one run kept, oldest first, its last weights at the end."""


class EnsembleError(Exception):
    """The runs do not make an ensemble; the message is a sentence."""


def read_runs(folders: Sequence[Path], checkpoints: int = 1) -> tuple[RunMembers, ...]:
    """Return everything that finished runs kept, after a check that they make an ensemble.

    Runs are compared by the samples that each saw in all: checkpoints of one run differ in samples by nature.

    Args:
        folders: of the runs.
        checkpoints: how many of each run the ensemble takes.

    Raises:
        EnsembleError: other networks, other numbers of samples, or a run that kept fewer checkpoints.
        FitError: a folder holds no finished run.
    """
    whole = [read_member(folder) for folder in folders]
    if any(member.spec != whole[0].spec for member in whole):
        raise EnsembleError("The runs have different networks; the members of a bundle share one anchor grid.")
    samples = {member.record["samples"] for member in whole}
    if len(samples) > 1:
        raise EnsembleError(
            f"The runs saw different numbers of samples ({', '.join(map(str, sorted(samples)))}); averaging members of "
            "unequal strength makes the ensemble worse than its best member. Fit them alike."
        )
    runs = tuple(read_checkpoints(folder) for folder in folders)
    for run in runs:
        if len(run) < checkpoints:
            raise EnsembleError(
                f"{run[-1].folder} kept {len(run)} of its checkpoints, not {checkpoints}; fit with [schedule] keep = "
                f"{checkpoints} in the recipe, or take fewer (--checkpoints)."
            )
    return runs


def last_checkpoints(runs: Sequence[RunMembers], count: int) -> tuple[FittedMember, ...]:
    """Return the last ``count`` checkpoints of each run, run after run: the members of the ensemble."""
    return tuple(member for run in runs for member in run[-count:])
