"""Simulated frontal chest radiographs with known opacities (phantoms)."""
