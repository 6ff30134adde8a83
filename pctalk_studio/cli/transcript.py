"""The transcript as it was given on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from pctalk_studio.core.errors import SpeechError

LARGEST_TRANSCRIPT = 4 * 2**20
"""Bytes; ten hours of speech are half a megabyte."""


def transcript_of(args: argparse.Namespace) -> str | None:
    """The text of ``--text`` or ``--text-file``; None when neither is given.

    Raises
    ------
    SpeechError
        When the file is missing, too large, no text, or there is nothing in it.
    """
    if args.text_file is None:
        text: str | None = args.text
        if text is not None and not text.strip():
            raise SpeechError("--text is empty; write what is said, or leave it out to have the words recognised.")
        return text
    return read_transcript(args.text_file)


def read_transcript(path: Path) -> str:
    """Read a text file in UTF-8 or UTF-16.

    Raises
    ------
    SpeechError
        As :func:`transcript_of`.
    """
    try:
        if path.stat().st_size > LARGEST_TRANSCRIPT:
            raise SpeechError(f"'{path}' is too large for a transcript; give the words of this recording alone.")
        data = path.read_bytes()
    except OSError as error:
        raise SpeechError(f"Cannot read the transcript '{path}': {error.strerror}; check the name.", repr(error)) from error
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SpeechError(f"'{path}' is no text file in UTF-8 or UTF-16; save it as one.", repr(error)) from error
    if "\x00" in text:
        raise SpeechError(f"'{path}' is no text file; give a plain text file with what is said.")
    if not text.strip():
        raise SpeechError(f"'{path}' is empty; write what is said into it, or leave --text-file out.")
    return text
