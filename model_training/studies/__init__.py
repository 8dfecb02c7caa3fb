"""Studies: tables of fits that differ in one thing, each measured alike, with fixed seeds; resumable."""
