"""Which errors are a sentence for the user, and their exit codes; known by name, so that nothing heavy is imported."""

import errno

_COULD_NOT_RUN = frozenset(
    {
        "BackgroundError",
        "BundleError",
        "ComparisonError",
        "CorrectionSetError",
        "DatasetError",
        "DetectorError",
        "DicomReadError",
        "EnsembleError",
        "FitError",
        "GateError",
        "PersonListError",
        "PhantomArchiveError",
        "PublishError",
        "StartingWeightsError",
        "StudyError",
        "TuningError",
    }
)
_TRAINING_LIBRARIES = frozenset({"cv2", "lightning", "matplotlib", "scipy", "timm", "torch", "torchvision"})
_WRONG_CALL = frozenset({"FolderInUseError", "LabelFileError", "RecipeError"})


def exit_code_of(error: BaseException) -> int | None:
    """Return 1 (could not run), 2 (wrong call), or None for an error that is a fault of the program."""
    name = type(error).__name__
    if isinstance(error, ModuleNotFoundError):
        return 1 if _is_training_library(error) else None
    if name in _WRONG_CALL:
        return 2
    if name in _COULD_NOT_RUN or (
        isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EACCES, errno.EROFS)
    ):
        return 1
    return None


def sentence_of(error: BaseException) -> str:
    """Return the message for stderr."""
    if isinstance(error, ModuleNotFoundError):
        return f'{error.name} is not installed; training needs: pip install "cxr-viewer[training]".'
    if isinstance(error, OSError):
        return f"{error.filename or 'A file'} cannot be written: {error.strerror}."
    return str(error)


def _is_training_library(error: ModuleNotFoundError) -> bool:
    return (error.name or "").partition(".")[0] in _TRAINING_LIBRARIES
