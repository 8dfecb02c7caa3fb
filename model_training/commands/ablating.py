"""``cxr-train ablate``: the paper's ablations, with fixed seeds."""

from pathlib import Path
from typing import Annotated

import typer

from model_training.commands.progress import say


def ablate(
    study: Annotated[str, typer.Argument(help="augmentation, multitask, encoders, dropout, levels or nms.")],
    dataset: Annotated[list[Path], typer.Option(help="Prepared dataset; may be given again.", exists=True)],
    out: Annotated[Path, typer.Option(help="Folder of the study; an unfinished one goes on.", file_okay=False)],
    scale: Annotated[str, typer.Option(help="small (small encoders, from scratch) or full (the paper's).")] = "small",
    recipe: Annotated[str, typer.Option(help="Another base recipe: a shipped one or a TOML file.")] = "",
    samples: Annotated[int | None, typer.Option(help="Images shown in each fit; else the recipe's.", min=8)] = None,
    seeds: Annotated[int, typer.Option(help="Fits of each variant.", min=1)] = 1,
    fold: Annotated[int, typer.Option(help="Fold that is held out.", min=0)] = 0,
    tuning: Annotated[
        list[Path] | None,
        typer.Option(help="Prepared dataset that fixes thresholds; else half of the fold.", exists=True),
    ] = None,
    test: Annotated[
        list[Path] | None, typer.Option(help="Prepared dataset that is measured on; may be given again.", exists=True)
    ] = None,
    encoder_weights: Annotated[
        Path | None, typer.Option(help="Local file with pretrained weights of the encoder.", exists=True)
    ] = None,
    jobs: Annotated[int, typer.Option(help="Fits at a time, each in a process of its own.", min=1)] = 1,
    threads: Annotated[int, typer.Option(help="Processor threads of one fit.", min=0)] = 1,
    accelerator: Annotated[str, typer.Option(help="Lightning's accelerator: auto, cpu, gpu.")] = "auto",
) -> None:
    """Rerun a study of the paper: variants that differ in one thing, one table, pictures.

    Example: cxr-train ablate dropout --dataset DATASET --out dropout --samples 800
    """
    from model_training.studies.ablation_study import AblationRequest, run
    from model_training.studies.ablations import Ablation, AblationPlan
    from model_training.studies.benchmark_plan import Scale
    from model_training.studies.row import StudyData

    if study not in tuple(Ablation):
        raise typer.BadParameter(f"there is no study '{study}'; choose one of {', '.join(Ablation)}.")
    if scale not in tuple(Scale):
        raise typer.BadParameter(f"there is no scale '{scale}'; choose one of {', '.join(Scale)}.")
    if bool(tuning) != bool(test):
        raise typer.BadParameter("--tuning and --test go together: one fixes thresholds, the other is measured on.")
    plan = AblationPlan(Ablation(study), Scale(scale), recipe, samples, seeds, fold, encoder_weights)
    tests = tuple((folder.resolve().name, folder) for folder in test or ())
    data = StudyData(out, tuple(dataset), tuple(tuning or ()), tests, accelerator, threads)
    table = run(AblationRequest(plan, data, jobs), say)
    typer.echo(table.read_text(encoding="utf-8"))
    say(f"wrote {table}")
