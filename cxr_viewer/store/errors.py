"""The error of the store."""


class StoreError(Exception):
    """The store cannot do what was asked; the message is a sentence for the reader."""
