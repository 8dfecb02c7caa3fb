"""What keeps a scan from running on a cluster."""


class RunnerError(Exception):
    """The cluster cannot do the scan; the message is a sentence for the reader."""
