"""Formats of other programs: the RSNA challenge's CSVs and COCO JSON, in and out."""
