"""The model card of a bundle: what it is, how it was trained, what it does on held-out data, in plain words."""

from collections.abc import Sequence

from cxr_viewer.detection.bundle import ModelBundle
from model_training.evaluation import Evaluation
from model_training.run_folder import FittedMember


def model_card(
    bundle: ModelBundle,
    members: Sequence[FittedMember],
    measured: Evaluation | None,
    observed: Sequence[Evaluation] = (),
) -> str:
    """Return the card as Markdown.

    Args:
        bundle: as it will be written.
        members: of the bundle, in its order.
        measured: figures of the whole ensemble, or None when nothing was measured.
        observed: figures on data by which nothing was chosen.
    """
    network = bundle.network
    recipe = members[0].record["recipe"]
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
    for written, member in zip(bundle.members, members, strict=True):
        name, record = written.weights.removesuffix(".safetensors"), member.record
        lines.append(f"| {name} | {record['dataset']} | {written.fold} | {member.samples} | {record['seed']} |")
    lines += ["", "## What it does", "", *_measured(bundle, measured)]
    for evaluation in observed:
        lines += ["", "Looked at when this bundle was published; nothing was chosen by it:", ""]
        lines += ["```", evaluation.text(), "```"]
    lines += [
        "",
        "Scores are not calibrated: a threshold that was fixed on one kind of image need not suit another.",
        f"Default thresholds: score {bundle.thresholds.score:g}, overlap {bundle.thresholds.overlap:g}, size "
        f"{bundle.thresholds.size_text}.",
        f"Fixed rules: relative {bundle.rules.relative:g}, scale {bundle.rules.scale:g}.",
        "",
    ]
    return "\n".join(lines)


def _measured(bundle: ModelBundle, measured: Evaluation | None) -> list[str]:
    """Return the lines on the figures that the bundle carries."""
    if measured is not None:
        return ["```", measured.text(), "```"]
    if not bundle.validation.images:
        return ["Nothing was measured when this bundle was published."]
    figures = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in bundle.validation.metrics.items())
    return [f"By its tuning, on {bundle.validation.images} images of {bundle.validation.dataset}: {figures}."]
