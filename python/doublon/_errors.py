"""The exceptions of the package."""


class Error(Exception):
    """What all exceptions of doublon are."""


class SettingError(Error, ValueError):
    """A setting that there is not, or a value that it cannot have."""


class InputError(Error, OSError):
    """Input that is not there or cannot be read as a whole."""


class ChangedError(InputError):
    """Input that is no longer what was scanned; nothing was written."""
