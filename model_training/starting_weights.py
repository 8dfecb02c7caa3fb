"""What a network starts from: a member of a parent bundle, a file of encoder weights, or ImageNet weights from timm."""

from dataclasses import dataclass
from pathlib import Path

import timm
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from cxr_viewer.detection import bundle
from cxr_viewer.detection.network_spec import NetworkSpec
from cxr_viewer.detection.retinanet import RetinaNet


class StartingWeightsError(Exception):
    """The weights cannot be had; the message is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class ParentMember:
    """A member of a bundle: its architecture and the file with its weights."""

    spec: NetworkSpec
    weights: Path


def parent_member(folder: Path, number: int) -> ParentMember:
    """Return a member of a bundle by its number, from 1.

    Raises:
        BundleError: the bundle is refused.
        StartingWeightsError: it has no such member.
    """
    checked = bundle.read(folder)
    if not 1 <= number <= len(checked.members):
        raise StartingWeightsError(f"{folder} has {len(checked.members)} members; there is no member {number}.")
    return ParentMember(checked.network, folder / checked.members[number - 1].weights)


def digest_of(folder: Path) -> str:
    """Return the digest of a bundle (BundleError when it is refused)."""
    return bundle.read(folder).digest


def load_encoder(network: RetinaNet, path: Path) -> None:
    """Load a file of encoder weights (safetensors, or a torch file of plain tensors) into the network's encoder.

    Names are those of timm's whole network, as its own files have them, or of an encoder saved here (with or without
    the prefix ``encoder.``); a classifier's weights are left out.

    Raises:
        StartingWeightsError: the file cannot be read or lacks weights of this encoder.
    """
    try:
        state = load_file(path) if path.suffix == ".safetensors" else torch.load(path, weights_only=True)
        state = {_plain(name): value for name, value in state.items()}
        network.encoder.load_state_dict({name: state[_plain(name)] for name in network.encoder.state_dict()})
    except KeyError as error:
        raise StartingWeightsError(
            f"{path} lacks the weights {error} of the encoder {network.spec.encoder}; is it of another network?"
        ) from error
    except (OSError, SafetensorError, RuntimeError, AttributeError, ValueError) as error:
        raise StartingWeightsError(f"{path} does not hold weights of the encoder {network.spec.encoder}.") from error


def _plain(name: str) -> str:
    """Return a weight's name without what timm changes when it cuts a network (DPN, Xception, PNASNet) down."""
    return name.removeprefix("encoder.").removeprefix("body.").replace(".", "_")


def pretrained(spec: NetworkSpec) -> RetinaNet:
    """Return the network with timm's ImageNet weights, from its cache or the network.

    Raises:
        StartingWeightsError: they cannot be had here.
    """
    try:
        return RetinaNet(spec, pretrained=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise StartingWeightsError(
            f"The ImageNet weights of {spec.encoder} cannot be had here; fetch them elsewhere "
            f"({_origin(spec.encoder)}) and name the file by --encoder-weights, "
            "or use a recipe that starts from scratch."
        ) from error


def _origin(encoder: str) -> str:
    """Return where timm has an encoder's weights from, in words."""
    known = timm.get_pretrained_cfg(encoder, allow_unregistered=True)
    if known is None or not (known.hf_hub_id or known.url):
        return "timm knows none, though"
    return f"timm takes them from {known.hf_hub_id or known.url}"
