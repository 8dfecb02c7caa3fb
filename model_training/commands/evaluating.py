"""``cxr-train evaluate``: a bundle's figures on a dataset."""

from pathlib import Path
from typing import Annotated

import typer

from model_training.commands.progress import reporter, say


def evaluate(
    bundle: Annotated[Path, typer.Argument(help="Model bundle.", exists=True, file_okay=False)],
    dataset: Annotated[list[Path], typer.Option(help="Prepared dataset; may be given again.", exists=True)],
    out: Annotated[Path | None, typer.Option(help="Also write the figures here (JSON).")] = None,
    members: Annotated[bool, typer.Option("--members", help="Also every member alone.")] = False,
    backend: Annotated[str, typer.Option(help="Engine: auto, openvino, torch.")] = "auto",
) -> None:
    """Measure a bundle: the RSNA metric, FROC, image AUC, with intervals over persons.

    Example: cxr-train evaluate BUNDLE --dataset HELD_OUT --out figures.json
    """
    from model_training.dataset import open_folders
    from model_training.prediction import of_bundle
    from model_training.reports import evaluate_all, write

    opened = open_folders(dataset)
    ensemble = of_bundle(bundle, backend)
    evaluations = evaluate_all(ensemble, opened, members, reporter("images"))
    for evaluation in evaluations:
        typer.echo(evaluation.text())
    if out is not None:
        write(out, evaluations)
        say(f"wrote {out}")
