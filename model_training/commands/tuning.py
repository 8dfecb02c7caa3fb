"""``cxr-train tune``: thresholds and rules for an ensemble, chosen on held-out images."""

from pathlib import Path
from typing import Annotated

import typer

from model_training.commands.progress import reporter, say


def tune(
    runs: Annotated[list[Path], typer.Argument(help="Folders of finished runs.", exists=True, file_okay=False)],
    dataset: Annotated[
        list[Path],
        typer.Option(help="Dataset that the runs were fitted on, or one that none has seen; may be given again."),
    ],
    out: Annotated[Path, typer.Option(help="New folder for tuning.json, figure8 and froc.")],
    checkpoints: Annotated[int, typer.Option(help="Take the last so many checkpoints of every run.", min=1)] = 1,
    device: Annotated[str, typer.Option(help="Where networks run: auto, cpu, cuda.")] = "auto",
) -> None:
    """Choose score, overlap, size or scale, and relative suppression on images that no network learned from.

    On the runs' own dataset each run predicts only the fold that it held out. A value other than the default is taken
    only when its gain is more than chance. cxr-train publish takes the result by --tuned.

    Example: cxr-train tune runs/fold0 runs/fold1 --dataset DATASET --out tuning
    """
    from model_training import tuning
    from model_training.dataset import open_folders

    if device not in ("auto", "cpu", "cuda"):
        raise typer.BadParameter(f"there is no device '{device}'; choose auto, cpu or cuda.")
    request = tuning.TuningRequest(tuple(runs), open_folders(dataset), out, checkpoints, device)
    choice = tuning.tune(request, reporter("images"))
    typer.echo(choice.text())
    say(f"wrote {out}")
