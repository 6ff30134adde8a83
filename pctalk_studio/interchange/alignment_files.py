"""Alignments in files; the suffix decides: ``.TextGrid``, ``.json``, or TIMIT's ``.phn`` to read."""

from __future__ import annotations

from pathlib import Path

from pctalk_studio.core.errors import InterchangeError
from pctalk_studio.core.files import written_whole
from pctalk_studio.core.speech import Alignment
from pctalk_studio.interchange.alignment_json import format_alignment, parse_alignment
from pctalk_studio.interchange.alignment_tiers import alignment_of_grid, grid_of_alignment
from pctalk_studio.interchange.bounded import read_bounded
from pctalk_studio.interchange.textgrid import read_textgrid, write_textgrid
from pctalk_studio.interchange.timit import read_timit

_WRITTEN = (".textgrid", ".json")


def check_alignment_target(path: Path) -> None:
    """Refuse a target before the work is done rather than after.

    Raises
    ------
    InterchangeError
        When the suffix names no format, or the folder does not exist.
    """
    if path.suffix.lower() not in _WRITTEN:
        raise InterchangeError(f"'{path}' does not say in which format to write; end its name with .TextGrid or .json.")
    if not path.parent.is_dir():
        raise InterchangeError(f"Cannot write '{path}': the folder '{path.parent}' does not exist; create it first.")
    if path.is_dir():
        raise InterchangeError(f"Cannot write '{path}': it is a folder; name a file.")


def write_alignment(path: Path, alignment: Alignment) -> None:
    """Write an alignment, whole or not at all.

    Parameters
    ----------
    path
        Ending in ``.TextGrid`` (words and phones, for Praat) or ``.json`` (everything).
    alignment
        What to write.

    Raises
    ------
    InterchangeError
        When the suffix names no format.
    MediaError
        When the disk refuses.
    """
    check_alignment_target(path)
    if path.suffix.lower() == ".json":
        with written_whole(path) as draft:
            draft.write_text(format_alignment(alignment), encoding="utf-8", newline="\n")
    else:
        write_textgrid(path, grid_of_alignment(alignment))


def read_alignment(path: Path) -> Alignment:
    """Read an alignment of this program or of another.

    Parameters
    ----------
    path
        ``.TextGrid`` of any aligner with a tier of English phones, ``.json`` of :func:`write_alignment`, or TIMIT's ``.phn``.

    Raises
    ------
    InterchangeError
        When the file is missing, too large, or not what its suffix says.
    """
    suffix = path.suffix.lower()
    if suffix == ".textgrid":
        return alignment_of_grid(read_textgrid(path), str(path))
    if suffix == ".json":
        data = read_bounded(path, "alignment")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InterchangeError(f"'{path}' is no UTF-8 text; export it again.", repr(error)) from error
        return parse_alignment(text, str(path))
    if suffix == ".phn":
        return read_timit(path)
    raise InterchangeError(f"'{path}' is of no known kind; give a .TextGrid, a .json that 'align' wrote, or a TIMIT .phn.")
