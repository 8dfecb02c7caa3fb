"""Writes a member's files: safetensors weights and an OpenVINO graph. Used by ``publish``; needs torch."""

import logging
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from cxr_viewer.detection import graph_outputs
from cxr_viewer.detection.bundle import Member
from cxr_viewer.detection.member_network import MemberNetwork
from cxr_viewer.detection.openvino_runtime import import_openvino
from cxr_viewer.detection.retinanet import RetinaNet


def write_member(network: RetinaNet, folder: Path, number: int, fold: str = "", half: bool = True) -> Member:
    """Write ``member-<number>.safetensors``, ``.xml`` and ``.bin`` into ``folder`` and return their names.

    Args:
        network: float32 weights; it is put into evaluation mode.
        number: position in the ensemble, from 1.
        fold: which part of the training data the member did not see, for the bundle file.
        half: store weights as fp16, in both files alike (scores of the graph within 2e-3, boxes within 0.2 network
            pixels of torch fp32); otherwise fp32 (within 1e-4 and 0.05).
    """
    network.eval()
    member = Member(f"member-{number}.safetensors", f"member-{number}.xml", fold)
    save_file(stored_state(network, half), folder / member.weights)
    write_graph(network, folder / member.graph, half)
    return member


def stored_state(network: RetinaNet, half: bool = True) -> dict[str, Tensor]:
    """Return the network's state as a bundle stores it: contiguous, on the CPU, float16 when ``half``."""
    dtype = torch.float16 if half else torch.float32
    return {
        key: (value.to(dtype) if value.is_floating_point() else value).detach().cpu().contiguous()
        for key, value in network.state_dict().items()
    }


def write_graph(network: RetinaNet, path: Path, half: bool) -> None:
    """Write ``path`` (.xml) and its .bin for inputs of shape (1, 1, side, side) float32 in [0, 1]."""
    openvino = import_openvino()
    side = network.spec.input_side
    shape = [1, 1, side, side]
    with torch.no_grad():
        model = _graph(torch.export.export(MemberNetwork(network).eval(), (torch.zeros(shape),)))
    model.reshape(shape)
    names = [graph_outputs.SCORES, graph_outputs.BOX_DELTAS, graph_outputs.FEATURES]
    if network.spec.global_head != "none":
        names.append(graph_outputs.CLASS_PROBABILITIES)
    model.inputs[0].get_tensor().set_names({graph_outputs.INPUT})
    for output, name in zip(model.outputs, names, strict=True):
        output.get_tensor().set_names({name})
    openvino.save_model(model, str(path), compress_to_fp16=half)


def _graph(program: torch.export.ExportedProgram) -> Any:  # noqa: ANN401 - openvino.Model, which has no types
    """Return an exported program as an OpenVINO model whose weights are the program's own.

    The frontend is called by itself, because ``openvino.convert_model`` also folds batch normalisation into
    convolutions, and folded weights rounded to fp16 are others than those of the safetensors file: scores of deep
    encoders then differ by hundredths. The engine folds when it loads the graph, in float32, and is as fast.
    """
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.fx_decoder import TorchFXPythonDecoder

    logging.disable(logging.WARNING)  # of operations that this torch does not know
    try:
        decoder = TorchFXPythonDecoder.from_exported_program(program)  # the frontend does not keep it alive
        frontend = FrontEndManager().load_by_framework("pytorch")
        return frontend.convert(frontend.load(decoder))
    finally:
        logging.disable(logging.NOTSET)
