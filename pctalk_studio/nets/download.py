"""Fetching one file over HTTP, to be continued where it stopped; only ever called because somebody asked; no torch."""

from __future__ import annotations

import http.client
import os
import shutil
import urllib.error
import urllib.request
from pathlib import Path

from pctalk_studio import __version__
from pctalk_studio.core.errors import WeightsError
from pctalk_studio.core.progress import ProgressEvent, ProgressListener, silent
from pctalk_studio.nets.catalogue import ModelFile
from pctalk_studio.nets.file_signs import HEAD_BYTES, refuse_impostors
from pctalk_studio.nets.store import BLOCK, PARTIAL, digest_of

TIMEOUT = 30.0
"""Seconds without a byte after which a server is given up."""
_NETWORK = (urllib.error.URLError, http.client.HTTPException, OSError)


def fetch(file: ModelFile, target: Path, listen: ProgressListener = silent) -> None:
    """Fetch a file of the catalogue and verify it.

    What has arrived is kept beside the target until the file is whole, and the next call goes on from there. A listener that
    raises stops the fetch in the same way.

    Parameters
    ----------
    file
        What to fetch.
    target
        Where it goes; its folder is made.
    listen
        Told in bytes.

    Raises
    ------
    WeightsError
        When the server cannot be reached or sends something else, the disk is full, or the finished file is not the
        published one.
    """
    if not file.address:
        raise WeightsError(
            f"'{file.name}' has no public address; ask its authors, and take it over with 'pctalk-studio models import FOLDER'."
        )
    part, tag = target.with_name(target.name + PARTIAL), target.with_name(target.name + PARTIAL + "-tag")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _receive(file, part, tag, listen)
    except _NETWORK as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        raise WeightsError(
            f"Cannot fetch '{file.name}' from {file.address}: {_reason(error)}; "
            "see to the connection and run it again, it goes on where it stopped.",
            repr(error),
        ) from error
    _accept(file, part)
    os.replace(part, target)
    tag.unlink(missing_ok=True)


def _reason(error: BaseException) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"the server answers {error.code} ({error.reason})"
    if isinstance(error, http.client.IncompleteRead):
        return "the connection broke off"
    if isinstance(error, urllib.error.URLError) and error.reason:
        return str(getattr(error.reason, "strerror", None) or error.reason)
    return str(getattr(error, "strerror", None) or error or type(error).__name__)


def _request(file: ModelFile, have: int, tag: Path) -> urllib.request.Request:
    if not file.address.startswith(("https://", "http://")):
        raise WeightsError(f"Cannot fetch '{file.name}': '{file.address}' is no web address; give one that begins with https://.")
    request = urllib.request.Request(file.address, headers={"User-Agent": f"pctalk-studio/{__version__}"})
    if have:
        request.add_header("Range", f"bytes={have}-")
        if tag.is_file():
            # Without this a file that has changed on the server would be glued to the rest of the old one.
            request.add_header("If-Range", tag.read_text(encoding="utf-8"))
    return request


def _kept(file: ModelFile, part: Path, tag: Path) -> int:
    """Bytes of an earlier try that can be gone on from."""
    have = part.stat().st_size if part.is_file() else 0
    if have and not tag.is_file() and file.sha256 is None:
        # Nothing would show that the two halves belong together.
        return 0
    return have


def _open(file: ModelFile, part: Path, tag: Path) -> tuple[http.client.HTTPResponse, int]:
    """The server's answer, and behind how many bytes it goes on."""
    have = _kept(file, part, tag)
    try:
        answer = urllib.request.urlopen(_request(file, have, tag), timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not have:
            raise
        error.close()
        answer, have = urllib.request.urlopen(_request(file, 0, tag), timeout=TIMEOUT), 0
    goes_on = answer.status == http.HTTPStatus.PARTIAL_CONTENT and _continues(answer, have)
    return answer, have if goes_on else 0


def _receive(file: ModelFile, part: Path, tag: Path, listen: ProgressListener) -> None:
    if file.bytes is not None and _kept(file, part, tag) == file.bytes:
        return
    answer, have = _open(file, part, tag)
    with answer:
        if (etag := answer.headers.get("ETag")) and not etag.startswith("W/"):
            tag.write_text(etag, encoding="utf-8")
        length = answer.headers.get("Content-Length", "")
        total = have + int(length) if length.isdecimal() else file.bytes or 0
        _check_room(file, part, total - have)
        done = _append(file, answer, part, have, total, listen)
    if total and done < total:
        raise http.client.IncompleteRead(b"", total - done)


def _continues(answer: http.client.HTTPResponse, have: int) -> bool:
    return str(answer.headers.get("Content-Range", "")).startswith(f"bytes {have}-")


def _check_room(file: ModelFile, part: Path, wanted: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if wanted > free:
        raise WeightsError(
            f"'{file.name}' needs {wanted / 2**20:,.0f} MiB, but only {free / 2**20:,.0f} MiB are free at '{part.parent}'; "
            "make room."
        )


def _append(
    file: ModelFile, answer: http.client.HTTPResponse, part: Path, have: int, total: int, listen: ProgressListener
) -> int:
    """Write what arrives behind the first ``have`` bytes; gives how many there are then."""
    with part.open("r+b" if have else "wb") as out:
        out.seek(have)
        out.truncate()
        while block := answer.read(BLOCK):
            if have == 0:
                _refuse_page(file, block[:HEAD_BYTES])
            out.write(block)
            have += len(block)
            listen(ProgressEvent(file.name, have, max(total, have)))
    return have


def _refuse_page(file: ModelFile, head: bytes) -> None:
    try:
        refuse_impostors(Path(file.address), head)
    except WeightsError as error:
        raise WeightsError(
            f"The server sent something else than '{file.name}' from {file.address}, such as a page to sign in or a pointer; "
            "look at the address in a browser, or choose another with --hub.",
            error.user_text,
        ) from error


def _accept(file: ModelFile, part: Path) -> None:
    """See that what arrived is the published file; else throw it away."""
    size = part.stat().st_size
    wrong = ""
    if file.bytes is not None and size != file.bytes:
        wrong = f"has {size:,} bytes instead of {file.bytes:,}"
    elif file.sha256 is not None and digest_of(part, file.name) != file.sha256:
        wrong = "has another SHA-256 than the published one"
    if wrong:
        part.unlink()
        raise WeightsError(f"What was fetched as '{file.name}' from {file.address} {wrong}; it was thrown away, try again later.")
