"""The command line of the training module: ``cxr-train``."""

from model_training.commands.application import main

__all__ = ["main"]
