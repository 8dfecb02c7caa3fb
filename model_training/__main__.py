"""Runs ``cxr-train`` as ``python -m model_training``."""

import sys

from model_training.commands import main

if __name__ == "__main__":
    sys.exit(main())
