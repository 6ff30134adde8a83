"""What a downloaded file really is, told by its first bytes; no torch."""

from __future__ import annotations

from pathlib import Path

from pctalk_studio.core.errors import WeightsError

HEAD_BYTES = 512


def refuse_impostors(path: Path, head: bytes) -> None:
    """Refuse what people commonly get instead of weights.

    Parameters
    ----------
    path
        Named in the sentence.
    head
        First bytes of the file, up to ``HEAD_BYTES``.

    Raises
    ------
    WeightsError
        For an empty file, a Git-LFS pointer, and a web page or another text where weights should be.
    """
    if not head:
        raise WeightsError(f"'{path}' is empty; fetch it again.")
    if head.startswith(b"version https://git-lfs"):
        raise WeightsError(
            f"'{path}' is only a Git-LFS pointer to the weights, not the weights; fetch the file itself, "
            "for example with 'pctalk-studio models fetch'."
        )
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<?xml")):
        raise WeightsError(f"'{path}' is a web page, not weights; download the file itself, not the page about it.")


def head_of(path: Path) -> bytes:
    """First bytes of a file.

    Raises
    ------
    WeightsError
        When there is none, or it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except FileNotFoundError:
        raise WeightsError(f"There are no weights at '{path}'; fetch them with 'pctalk-studio models fetch'.") from None
    except OSError as error:
        raise WeightsError(f"Cannot read '{path}': {error.strerror or error}; choose another file.", repr(error)) from error
