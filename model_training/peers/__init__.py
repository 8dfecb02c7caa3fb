"""Detectors of other libraries, fitted to the same batches and measured by the same metric, for comparison."""
