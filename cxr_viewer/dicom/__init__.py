"""DICOM, PNG, JPEG and TIFF at the edge, plain values inwards.

Importing this package makes pydicom tolerant and quiet in this process: values are not validated (readable if the
image is), and its logger, whose messages quote element values and so patients, reaches no log of ours.
"""

import logging

from pydicom import config

config.settings.reading_validation_mode = config.IGNORE
logging.getLogger("pydicom").propagate = False
