"""Learns detectors: phantoms, RSNA files and corrections in, model bundles out."""
