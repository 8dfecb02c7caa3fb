"""``cxr-train gate``: a bundle gets another input gate; and the sheet that shows what gates learn from."""

from pathlib import Path
from typing import Annotated

import typer

from model_training.commands.progress import reporter, say


def gate(
    bundle: Annotated[Path, typer.Argument(help="Model bundle.", exists=True, file_okay=False)],
    dataset: Annotated[list[Path], typer.Option(help="Prepared dataset of phantoms; may be given again.", exists=True)],
    out: Annotated[Path, typer.Option(help="New folder for the bundle with its gate.")],
    check: Annotated[
        list[Path] | None, typer.Option(help="Phantoms of another seed, for figures on the card.", exists=True)
    ] = None,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 1,
    chests: Annotated[int, typer.Option(help="Chests to learn from; as many other pictures are drawn.", min=64)] = 8000,
    most_withheld: Annotated[
        float, typer.Option(help="Share of held-out phantoms; a gate that withholds more is refused.", min=0, max=1)
    ] = 0.02,
) -> None:
    """Fit an input gate to simulated pictures and write the bundle with it; members and thresholds stay.

    Example: cxr-train gate BUNDLE --dataset PHANTOMS --check OTHER_PHANTOMS --out BUNDLE2
    """
    from model_training.dataset import open_folders
    from model_training.gate.bundle_gate import with_gate
    from model_training.gate.fitting import GateRecipe, fit_gate

    recipe = GateRecipe(chests=chests, seed=seed, most_chests_withheld=most_withheld)
    fitted = fit_gate(open_folders(dataset), recipe, open_folders(check) if check else None, reporter)
    written = with_gate(bundle, fitted, out)
    for own in fitted.figures:
        typer.echo(
            f"{own.dataset}: {own.chests_withheld:.1%} of {own.chests} chests and {own.others_withheld:.1%} of "
            f"{own.others} other pictures withheld, AUC {own.auc:.4f}"
        )
    say(f"{written.title} in {out}: gate limit {fitted.gate.limit:.3f}")


def gate_sheet(
    dataset: Annotated[Path, typer.Argument(help="Prepared dataset of phantoms.", exists=True, file_okay=False)],
    out: Annotated[Path, typer.Option(help="Picture to write (PNG).")],
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 1,
) -> None:
    """Draw what an input gate learns from into one picture: chests first, then a row of each kind of other picture.

    Example: cxr-train gate-sheet PHANTOMS --out gate.png
    """
    from model_training.gate.sheet import draw_sheet

    draw_sheet(dataset, out, seed)
    say(f"wrote {out}")
