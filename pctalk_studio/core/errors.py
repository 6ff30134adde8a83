"""The one exception family whose text is written for the person who uses the program.

The command line prints :attr:`StudioError.user_text` and exits with 2; the window shows it in its message bar.
"""

from __future__ import annotations


class StudioError(Exception):
    """Something the user can act on.

    Parameters
    ----------
    user_text
        One sentence: what went wrong, where, and what to do about it.
    detail
        Technical context for a log; never shown by default.
    """

    def __init__(self, user_text: str, detail: str = "") -> None:
        super().__init__(user_text)
        self.user_text = user_text
        self.detail = detail


class UsageError(StudioError):
    """A command-line value or option combination that cannot be honoured."""


class MediaError(StudioError):
    """A picture, sound or movie that cannot be read or written."""


class FaceError(StudioError):
    """No usable face in a picture, or several and none chosen."""


class SpeechError(StudioError):
    """A recording or transcript that cannot be aligned."""


class InterchangeError(StudioError):
    """A TextGrid, JSON or other exchanged file that is not what it claims to be."""


class EditRejected(StudioError):
    """An edit that cannot be done as asked; the document is as it was."""


class ProjectFormatError(StudioError):
    """A project file that is not what it claims to be, or newer than the program."""


class ProjectSaveError(StudioError):
    """A project that cannot be written where it should be; what was there before is untouched."""


class WeightsError(StudioError):
    """Network weights that are missing, cannot be fetched, or are not what they claim to be."""


class TrainingError(StudioError):
    """A corpus or a training run that cannot be made, read or gone on with."""


class RenderError(StudioError):
    """An engine that cannot draw what it was asked for."""


class Cancelled(StudioError):
    """Work given up because somebody asked for it; never an error to report."""
