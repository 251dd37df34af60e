"""What can go wrong on the launcher's side, and the statuses it then ends with."""

STATUS_TIMEOUT = 124
STATUS_LAUNCHER = 125
STATUS_NO_RECORD = 126
STATUS_SIGNAL_BASE = 128
STATUS_INTERRUPTED = 130


class LauncherError(Exception):
    """The launcher cannot do what was asked; the message says why. Status 125."""
