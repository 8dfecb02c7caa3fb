"""``cxr-train fit``: one member on one fold."""

from pathlib import Path
from typing import Annotated

import typer

from model_training.commands.progress import say


def fit(
    recipe: Annotated[str, typer.Option(help="Name of a shipped recipe (demo, paper, strong, ...) or a TOML file.")],
    dataset: Annotated[list[Path], typer.Option(help="Prepared dataset; may be given again.", exists=True)],
    out: Annotated[Path, typer.Option(help="Folder of the run.")],
    fold: Annotated[int | None, typer.Option(help="Fold that is held out; without it all is learned.", min=0)] = None,
    folds: Annotated[int, typer.Option(help="Number of folds.", min=2)] = 4,
    samples: Annotated[int | None, typer.Option(help="Images shown in all; else the recipe's.", min=1)] = None,
    parent: Annotated[Path | None, typer.Option(help="Bundle to start from.", exists=True)] = None,
    member: Annotated[int, typer.Option(help="Its member, from 1.", min=1)] = 1,
    encoder_weights: Annotated[
        Path | None, typer.Option(help="Local file with pretrained weights of the encoder.", exists=True)
    ] = None,
    threads: Annotated[int, typer.Option(help="Processor threads; 0 leaves it to torch.", min=0)] = 1,
    seed: Annotated[int, typer.Option(help="Of start, order, changes and dropout.")] = 1,
    accelerator: Annotated[str, typer.Option(help="Lightning's accelerator: auto, cpu, gpu.")] = "auto",
    devices: Annotated[
        str, typer.Option(help="Lightning's devices: a number, or -1 for all; they share a step.")
    ] = "1",
    nodes: Annotated[
        int, typer.Option(help="Machines, each of which starts this command (Lightning's rules).", min=1)
    ] = 1,
    strategy: Annotated[str, typer.Option(help="Lightning's strategy, such as ddp.")] = "auto",
    test_persons: Annotated[
        Path | None,
        typer.Option(help="List of persons for testing only, who are refused.", envvar="CXR_TEST_PERSONS", exists=True),
    ] = None,
) -> None:
    """Fit one member. Interrupted or killed, the same command goes on from the last checkpoint.

    Example: cxr-train fit --recipe demo --dataset DATASET --fold 0 --seed 1 --out runs/fold0
    """
    import sys

    from model_training import recipe as recipes
    from model_training import test_persons as persons
    from model_training.dataset import open_folders
    from model_training.fit import FitRequest, run

    request = FitRequest(
        recipe=recipes.read(recipe).with_samples(samples),
        dataset=open_folders(dataset),
        out=out,
        fold=fold,
        fold_count=folds,
        seed=seed,
        parent=parent,
        parent_member=member,
        encoder_weights=encoder_weights,
        threads=threads,
        accelerator=accelerator,
        devices=devices,
        nodes=nodes,
        strategy=strategy,
        test_persons=None if test_persons is None else persons.read(test_persons),
        with_progress_bar=sys.stderr.isatty(),
    )
    run(request, say)
