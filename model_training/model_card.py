"""The model card of a bundle: what it is, how it was trained, what it does on held-out data, in plain words."""

from collections.abc import Mapping, Sequence
from typing import Any

from cxr_viewer.detection.bundle import ModelBundle
from model_training.evaluation import Evaluation


def model_card(
    bundle: ModelBundle,
    records: Sequence[Mapping[str, Any]],
    measured: Evaluation | None,
    observed: Sequence[Evaluation] = (),
) -> str:
    """Return the card as Markdown.

    Args:
        bundle: as it will be written.
        records: ``member.json`` of each member's run.
        measured: figures of the whole ensemble, or None when nothing was measured.
        observed: figures on data by which nothing was chosen.
    """
    network = bundle.network
    first = records[0]
    recipe = first["recipe"]
    lines = [
        f"# {bundle.title}",
        "",
        f"{bundle.intended_use}",
        "",
        f"**{bundle.learned_from}**",
        "",
        "## What it is",
        "",
        f"- {len(bundle.members)} RetinaNet members, combined per anchor before non-maximum suppression.",
        f"- Encoder {network.encoder}, input {network.input_side} x {network.input_side}, pyramid levels "
        f"{network.anchors.levels[0]} to {network.anchors.levels[-1]} of width {network.pyramid_width}.",
        f"- Weights and graphs are stored as {bundle.graph_precision}. Licence: {bundle.licence}.",
        "",
        "## How it was trained",
        "",
        f"- Recipe `{recipe['name']}`: {recipe['description']}",
        f"- Augmentation set `{recipe['augmentation']['set']}`.",
        f"- Data digest {bundle.training_data_digest}; code version {bundle.code_version}.",
        "",
        "| member | data | learned from | samples seen | seed |",
        "|---|---|---|---|---|",
    ]
    for member, record in zip(bundle.members, records, strict=True):
        name = member.weights.removesuffix(".safetensors")
        lines.append(f"| {name} | {record['dataset']} | {member.fold} | {record['samples']} | {record['seed']} |")
    lines += ["", "## What it does", ""]
    if measured is None:
        lines.append("Nothing was measured when this bundle was published.")
    else:
        lines += ["```", measured.text(), "```"]
    for evaluation in observed:
        lines += ["", "Looked at when this bundle was published; nothing was chosen by it:", ""]
        lines += ["```", evaluation.text(), "```"]
    lines += [
        "",
        "Scores are not calibrated: a threshold that was fixed on one kind of image need not suit another.",
        f"Default thresholds: score {bundle.thresholds.score:g}, overlap {bundle.thresholds.overlap:g}, size "
        f"{bundle.thresholds.size_text}.",
        "",
    ]
    return "\n".join(lines)
