"""DICOM, PNG, JPEG and TIFF at the edge, plain values inwards.

A process that decodes nothing itself (the window's) imports no pydicom: see `tolerance` and `decoding_child`.
"""
