"""``cxr-train benchmark``: what detectors, training and corrections are worth, measured by fixed seeds."""

from pathlib import Path
from typing import Annotated

import typer

from model_training.commands.progress import reporter, say

application = typer.Typer(
    help="Measure by fixed seeds: detectors, throughput, corrections.", no_args_is_help=True, rich_markup_mode=None
)

Out = Annotated[Path, typer.Argument(help="Folder of the study; an unfinished one goes on.", file_okay=False)]
Jobs = Annotated[int, typer.Option(help="Fits at a time, each in a process of its own.", min=1)]
Threads = Annotated[int, typer.Option(help="Processor threads of one fit.", min=0)]
Accelerator = Annotated[str, typer.Option(help="Lightning's accelerator: auto, cpu, gpu.")]


@application.command()
def detectors(
    out: Out,
    scale: Annotated[
        str, typer.Option(help="small (256 px, small encoder) or full (512 px, the paper's; GPU).")
    ] = "small",
    samples: Annotated[int | None, typer.Option(help="Images shown in each fit; else the benchmark's.", min=8)] = None,
    phantoms: Annotated[
        int | None,
        typer.Option(help="Phantoms to learn from; a sixth tunes, a third tests; else the benchmark's.", min=24),
    ] = None,
    also: Annotated[
        list[Path] | None, typer.Option(help="Further prepared test set; may be given again.", exists=True)
    ] = None,
    jobs: Jobs = 2,
    threads: Threads = 1,
    accelerator: Accelerator = "auto",
) -> None:
    """Compare torchvision's RetinaNet rules, paper, strong, members and ensembles on phantoms of fixed seeds.

    Writes benchmark.md, rows.csv, rows.json and pictures. Other --samples or --phantoms make another benchmark.

    Example: cxr-train benchmark detectors benchmark --samples 160 --phantoms 60
    """
    from model_training.studies.benchmark_plan import BENCHMARKS, Scale
    from model_training.studies.detector_benchmark import BenchmarkRequest, run

    if scale not in tuple(Scale):
        raise typer.BadParameter(f"there is no scale '{scale}'; choose one of {', '.join(Scale)}.")
    request = BenchmarkRequest(
        out=out,
        benchmark=BENCHMARKS[Scale(scale)].shortened(samples, phantoms),
        also=tuple((folder.resolve().name, folder) for folder in also or ()),
        jobs=jobs,
        accelerator=accelerator,
        threads=threads,
    )
    table = run(request, say, reporter)
    typer.echo(table.read_text(encoding="utf-8"))
    say(f"wrote {table}")


@application.command()
def throughput(
    out: Annotated[Path, typer.Argument(help="New folder.", file_okay=False)],
    scale: Annotated[str, typer.Option(help="full (paper and strong, 512 px) or small (256 px).")] = "full",
    dataset: Annotated[
        list[Path] | None, typer.Option(help="Prepared dataset; else phantoms are made.", exists=True)
    ] = None,
    steps: Annotated[int, typer.Option(help="Steps measured, after as many that warm up.", min=1)] = 20,
    threads: Threads = 1,
    accelerator: Accelerator = "auto",
) -> None:
    """Measure images per second of paper and strong against a plain fp32 eager loop, and what reading data costs.

    Example: cxr-train benchmark throughput throughput --scale small --steps 4
    """
    from model_training import recipe as recipes
    from model_training.dataset import open_folders
    from model_training.studies.benchmark_data import PhantomMaker
    from model_training.studies.benchmark_plan import BENCHMARKS, PhantomSet, Scale
    from model_training.studies.throughput import ThroughputRequest, run

    if scale not in tuple(Scale):
        raise typer.BadParameter(f"there is no scale '{scale}'; choose one of {', '.join(Scale)}.")
    plan = BENCHMARKS[Scale(scale)]
    if not dataset:
        maker = PhantomMaker(out, plan.phantom_side, plan.side, 2, reporter)
        dataset = [maker.dataset(PhantomSet("throughput", 104, 64))]
    names = ("paper", "strong") if scale == Scale.FULL else ("benchmark-paper", "benchmark-strong")
    read = tuple(recipes.read(name) for name in names)
    table = run(ThroughputRequest(out, read, open_folders(dataset), steps, threads, accelerator), say)
    typer.echo(table.read_text(encoding="utf-8"))
    say(f"wrote {table}")


@application.command()
def corrections(
    out: Out,
    parent: Annotated[Path, typer.Option(help="Bundle to start from.", exists=True, file_okay=False)],
    known: Annotated[
        list[Path] | None, typer.Option(help="Prepared dataset of the old kind to mix in; else phantoms.", exists=True)
    ] = None,
    domain: Annotated[str, typer.Option(help="Kind of phantom that is shifted; see cxr-train phantom.")] = "second",
    corrected: Annotated[int | None, typer.Option(help="Images that the reader corrects.", min=2)] = None,
    test: Annotated[int | None, typer.Option(help="Held-out images of each kind.", min=2)] = None,
    samples: Annotated[int | None, typer.Option(help="Images shown in each fit.", min=8)] = None,
    workers: Annotated[int, typer.Option(help="Processes that make phantoms.", min=1)] = 2,
    threads: Threads = 1,
    accelerator: Accelerator = "auto",
) -> None:
    """Let a simulated reader correct a bundle on images of another kind, fit it to that, and compare before and after.

    Example: cxr-train benchmark corrections corrected --parent resources/models/demo --corrected 20 --test 20
    """
    from dataclasses import replace

    from model_training.studies.corrections_plan import PLAN
    from model_training.studies.corrections_study import CorrectionsRequest, run

    plan = replace(PLAN, domain=domain).shortened(samples, corrected, test)
    request = CorrectionsRequest(out, parent, plan, tuple(known or ()), workers, threads, accelerator)
    table = run(request, say, reporter)
    typer.echo(table.read_text(encoding="utf-8"))
    say(f"wrote {table}")
