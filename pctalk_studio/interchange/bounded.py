"""Reading files of strangers: never more into memory than an exchanged text can need."""

from __future__ import annotations

from pathlib import Path

from pctalk_studio.core.errors import InterchangeError

LARGEST = 32 << 20
"""Bytes. A TextGrid of two hours of speech takes a tenth of it."""


def read_bounded(path: Path, kind: str, largest: int = LARGEST) -> bytes:
    """All bytes of a file.

    Parameters
    ----------
    path
        File.
    kind
        What it should be, for the sentence: ``TextGrid``.
    largest
        Bytes that are taken on.

    Raises
    ------
    InterchangeError
        When it cannot be read, is empty or too large.
    """
    try:
        if path.is_dir():
            raise InterchangeError(f"'{path}' is a folder; name the {kind} file.")
        with path.open("rb") as stream:
            data = stream.read(largest + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InterchangeError(f"The {kind} '{path}' cannot be read ({reason}); check its name.", repr(error)) from error
    if len(data) > largest:
        raise InterchangeError(
            f"The {kind} '{path}' is larger than {largest >> 20} MiB, more than speech can need; cut it into parts."
        )
    if not data:
        raise InterchangeError(f"The {kind} '{path}' is empty; export it again.")
    return data
