"""Documents to the text of a project file and back, identical to the bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn, cast

from pctalk_studio import APPLICATION, __version__
from pctalk_studio.core.errors import ProjectFormatError
from pctalk_studio.document.project import Project
from pctalk_studio.storage.checks import fault_of
from pctalk_studio.storage.extras import Extras, Place
from pctalk_studio.storage.json_text import NotReadable, laid_out, parse_json, shown
from pctalk_studio.storage.reading import Damaged, Reader, TooNew
from pctalk_studio.storage.schema import SCHEMA, Json, ProjectFile, shape_of
from pctalk_studio.storage.upgrades import Format
from pctalk_studio.storage.writing import Writer


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a project file says.

    Parameters
    ----------
    project
        The document.
    extras
        What this program does not know; give it to :func:`encode` with any later state of the document.
    written_by
        Version of the program that wrote the file.
    upgraded
        Whether the file had older records.
    """

    project: Project
    extras: Extras
    written_by: str
    upgraded: bool


def encode(project: Project, extras: Extras | None = None) -> bytes:
    """The bytes of a project file; equal documents give equal bytes.

    Parameters
    ----------
    project
        Document.
    extras
        From :func:`decode`, when the document was read from a file.

    Raises
    ------
    ProjectSaveError
        When the document holds what the file cannot, such as an infinite number.
    """
    writer = Writer(extras or Extras())
    return laid_out(writer.write(shape_of(ProjectFile), ProjectFile(__version__, project), ())).encode()


def decode(data: bytes, name: str, known: Format | None = None) -> Decoded:
    """Read the bytes of a project file.

    Parameters
    ----------
    data
        Content.
    name
        What errors call it.
    known
        Versions and upgrades; the program's own when not given.

    Raises
    ------
    ProjectFormatError
        When it is none, is damaged, or was written by a newer program. One sentence says where.
    """
    try:
        tree = parse_json(data)
    except NotReadable as error:
        raise ProjectFormatError(f"The project '{name}' cannot be read: it {error}; open a backup instead.") from error
    kind = tree.get(SCHEMA) if isinstance(tree, dict) else None
    if not isinstance(kind, str) or not kind.startswith("ProjectFile."):
        raise ProjectFormatError(f"'{name}' is no project of {APPLICATION}; choose a file that ends in .pctalk.")
    reader = Reader(known or Format())
    try:
        file = cast(ProjectFile, reader.read(shape_of(ProjectFile), tree, ()))
    except Damaged as error:
        raise _damaged(name, error) from error
    except TooNew as error:
        _refuse_newer(name, tree, error)
    if (fault := fault_of(file.project)) is not None:
        raise _damaged(name, Damaged(*fault))
    # The writer's name is told by whoever writes next, so it is no part of the document.
    return Decoded(file.project, reader.extras, file.written_by, reader.upgraded)


def decode_value(hint: object, node: Json, place: Place = ()) -> object:
    """Read one value of the document, such as an argument of an edit in a script.

    Parameters
    ----------
    hint
        Its type: ``Brush``, ``float | None``, ``tuple[Key, ...]``.
    node
        JSON, parsed. Objects may leave out what record they are, and fields that have a default.
    place
        What errors call it.

    Raises
    ------
    ProjectFormatError
        When it is no such value; unknown entries are refused here.
    TypeError
        When values of that type have no form in JSON.
    """
    reader = Reader(Format(), named=False)
    try:
        value = reader.read(shape_of(hint), node, place)
    except Damaged as error:
        raise ProjectFormatError(f"{error}; correct it.") from error
    except TooNew as error:
        raise ProjectFormatError(f"{error} is newer than this program; update the program to use it.") from error
    if reader.extras.items:
        first = reader.extras.items[0]
        unknown = f"has the unknown entry '{shown(first.name)}'"
        raise ProjectFormatError(f"{Damaged(first.place, unknown)}; correct it.")
    return value


def encode_value(hint: object, value: object) -> Json:
    """One value of the document as JSON; see :func:`decode_value`."""
    return Writer(Extras()).write(shape_of(hint), value, ())


def _damaged(name: str, error: Damaged) -> ProjectFormatError:
    return ProjectFormatError(f"The project '{name}' is damaged: {error}; open a backup instead.")


def _refuse_newer(name: str, tree: Json, error: TooNew) -> NoReturn:
    writer = tree.get("written_by") if isinstance(tree, dict) else None
    told = writer if isinstance(writer, str) and writer.isprintable() and len(writer) <= 40 else "of a later version"
    what = "file format" if error.name == "ProjectFile" else f"{error.name} format"
    raise ProjectFormatError(
        f"'{name}' was written by {APPLICATION} {told} ({what} {error.version}); update the program to open it.", str(error)
    ) from error
