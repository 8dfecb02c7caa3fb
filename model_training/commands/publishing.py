"""``cxr-train publish``: finished runs become a model bundle."""

from pathlib import Path
from typing import Annotated

import typer

from model_training.commands.progress import reporter, say


def publish(
    runs: Annotated[list[Path], typer.Argument(help="Folders of finished runs.", exists=True, file_okay=False)],
    out: Annotated[Path, typer.Option(help="New folder for the bundle.")],
    name: Annotated[str, typer.Option(help="Name of the bundle; else the folder's.")] = "",
    version: Annotated[str, typer.Option(help="Version of the bundle.")] = "1",
    tuning: Annotated[
        list[Path] | None, typer.Option(help="Prepared dataset that fixes the score threshold.", exists=True)
    ] = None,
    test: Annotated[
        list[Path] | None, typer.Option(help="Prepared dataset whose figures the bundle carries.", exists=True)
    ] = None,
    observed: Annotated[
        list[Path] | None,
        typer.Option(help="Prepared dataset told on the card only; nothing is chosen by it.", exists=True),
    ] = None,
    parent: Annotated[
        Path | None, typer.Option(help="Bundle it comes from: gives what is not measured anew.", exists=True)
    ] = None,
    learned_from: Annotated[str, typer.Option(help="Sentence on the training data, shown with every output.")] = "",
    licence: Annotated[str, typer.Option(help="Licence of the weights.")] = "Apache-2.0",
    checkpoints: Annotated[int, typer.Option(help="Take the last so many checkpoints of every run.", min=1)] = 1,
    tuned: Annotated[
        Path | None,
        typer.Option(help="tuning.json of cxr-train tune: thresholds and rules.", exists=True, dir_okay=False),
    ] = None,
    although_worse: Annotated[
        bool, typer.Option("--although-worse", help="Publish even what is worse than its parent on the test set.")
    ] = False,
    gate: Annotated[
        list[Path] | None,
        typer.Option(
            help="Prepared phantoms that the input gate is made from; else the parent's is kept.", exists=True
        ),
    ] = None,
    fp32: Annotated[bool, typer.Option("--fp32", help="Store graphs and weights in fp32 instead of fp16.")] = False,
) -> None:
    """Write a bundle: members, OpenVINO graphs, default thresholds, figures, model card.

    With --parent and --test, a bundle that is worse than its parent on the test set is refused.

    Example: cxr-train publish runs/fold0 runs/fold1 --tuning TUNING --test TEST --name demo --out BUNDLE
    """
    from model_training.dataset import open_folders
    from model_training.publish import publish as write
    from model_training.publish_request import PublishRequest

    request = PublishRequest(
        runs=tuple(runs),
        out=out,
        name=name or out.resolve().name,
        version=version,
        tuning=open_folders(tuning) if tuning else None,
        test=open_folders(test) if test else None,
        observed=tuple(open_folders([folder]) for folder in observed or ()),
        parent=parent,
        learned_from=learned_from,
        licence=licence,
        half=not fp32,
        checkpoints=checkpoints,
        tuned=tuned,
        although_worse=although_worse,
        gate=open_folders(gate) if gate else None,
    )
    written = write(request, reporter("images"))
    say(f"{written.title} in {out}: {len(written.members)} members, score threshold {written.thresholds.score:g}")
