"""torch.compile for a network under training, where it can be had; a fit goes on without it, and says so."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

GPU_BACKEND = "inductor"


def compile_in_place(network: nn.Module, device: torch.device, backend: str, report: Callable[[str], None]) -> bool:
    """Have a network's calls compiled from now on, and tell whether they are.

    Names of weights stay as they are, and a copy of the network is an ordinary one.

    Args:
        network: its first call in each mode will take a while.
        device: where it will run.
        backend: of torch.compile; "" takes inductor on GPUs and nothing elsewhere, where it costs more than it saves.
        report: told when nothing is compiled.
    """
    if not backend and device.type != "cuda":
        report(f"Not compiled: that is for GPUs; on {device.type} the fit goes on without.")
        return False
    chosen = backend or GPU_BACKEND
    try:
        _try(chosen, device)
    except (RuntimeError, ImportError, OSError) as error:  # what compilers that are missing or broken raise
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        report(f"Not compiled: torch.compile ({chosen}) does not work here ({said}); the fit goes on without, slower.")
        return False
    network.compile(backend=chosen)
    return True


def _try(backend: str, device: torch.device) -> None:
    """Compile and run one sum and its gradient."""

    def double(values: Tensor) -> Tensor:
        return values * 2 + 1

    values = torch.ones(2, device=device, requires_grad=True)
    torch.autograd.grad(torch.compile(double, backend=backend)(values).sum(), values)
