"""``cxr-train choose``: may a candidate replace the shipped bundle?"""

from pathlib import Path
from typing import Annotated

import typer

from model_training.commands.progress import reporter


def choose(
    incumbent: Annotated[Path, typer.Argument(help="The bundle that ships.", exists=True, file_okay=False)],
    candidates: Annotated[list[Path], typer.Argument(help="Bundles that might.", exists=True, file_okay=False)],
    tuning: Annotated[
        list[Path], typer.Option(help="Prepared datasets that fix each bundle's threshold, pooled.", exists=True)
    ],
    domain: Annotated[
        list[Path], typer.Option(help="Prepared test set of one domain, plain phantoms first.", exists=True)
    ],
) -> None:
    """Hold candidates against the shipped bundle by the rule of docs/adr/0012, on several simulated domains.

    Example: cxr-train choose resources/models/demo CANDIDATE --tuning TUNE1 --tuning TUNE2 --domain PLAIN
    --domain SECOND
    """
    from model_training import choice
    from model_training.dataset import open_folders

    pooled, domains = open_folders(tuning), [open_folders([folder]) for folder in domain]
    report = reporter("images")
    held = choice.judge(incumbent, pooled, domains, report)
    typer.echo(choice.describe(held, domains))
    for folder in candidates:
        candidate = choice.judge(folder, pooled, domains, report)
        typer.echo(choice.compare(candidate, held, domains).text(domains))
