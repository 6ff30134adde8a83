"""Edits from a script: a JSON list of named edits with their arguments, read as strictly as a project.

``[{"edit": "set_lip_scale", "scale": 1.2}, {"edit": "move_boundary", "time": 0.52, "to": 0.5}]``: names and arguments are those
of :data:`pctalk_studio.document.edits.EDITS`; values are written as in a project file. A recorded performance may be named by its
file: ``{"edit": "add_performance", "take": "nod.pkl", "clip": {"start": 1.0, "end": 2.5}}``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import GenericAlias
from typing import Any, get_args, get_origin, get_type_hints

from pctalk_studio.core.errors import EditRejected, InterchangeError, ProjectFormatError
from pctalk_studio.document.edits import EDITS
from pctalk_studio.document.performance import Take
from pctalk_studio.document.project import Project
from pctalk_studio.storage.codec import decode_value
from pctalk_studio.storage.json_text import NotReadable, parse_json
from pctalk_studio.storage.plain_files import read_plain

LARGEST = 8 << 20
"""Bytes of a script."""

MOST_EDITS = 100_000


@dataclass(frozen=True, slots=True)
class ScriptedEdit:
    """One edit of a script, with its arguments ready to be handed over."""

    name: str
    arguments: dict[str, Any]


ReadTake = Callable[[Path], Take]
"""Reads a recorded performance from its file."""


def _no_files(path: Path) -> Take:
    raise ProjectFormatError(f"'{path}' is a file, and no files are read here; write the performance itself.")


def read_script(path: Path, read_take: ReadTake = _no_files) -> tuple[ScriptedEdit, ...]:
    """Read a script.

    Parameters
    ----------
    path
        File.
    read_take
        Reads performances that the script names, by their full path; relative ones begin in the script's folder.

    Raises
    ------
    ProjectFormatError
        When it cannot be read or says what cannot be meant; one sentence with the place.
    """
    try:
        data = read_plain(path, LARGEST)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ProjectFormatError(f"The edits '{path}' cannot be read ({reason}); choose another file.", repr(error)) from error
    return parse_script(data, str(path), lambda file: read_take(path.parent / file))


def parse_script(data: bytes, name: str, read_take: ReadTake = _no_files) -> tuple[ScriptedEdit, ...]:
    """Read a script from its bytes; ``read_take`` gets paths as they are written.

    Raises
    ------
    ProjectFormatError
        As :func:`read_script`.
    """
    try:
        tree = parse_json(data)
    except NotReadable as error:
        raise ProjectFormatError(f"The edits '{name}' are no JSON that can be read: {error}; correct them.") from error
    if not isinstance(tree, list) or len(tree) > MOST_EDITS:
        raise ProjectFormatError(f"'{name}' holds no list of edits; write [{{\"edit\": NAME, ...}}, ...].")
    edits = []
    for number, node in enumerate(tree, 1):
        if not isinstance(node, dict) or not isinstance(node.get("edit"), str):
            raise ProjectFormatError(f"Edit {number} in '{name}' has no \"edit\" with a name; add one.")
        try:
            edits.append(_edit(node, read_take))
        except (ProjectFormatError, EditRejected, InterchangeError) as error:
            raise ProjectFormatError(f"Edit {number} in '{name}': {error.user_text}", error.detail) from error
    return tuple(edits)


def _edit(node: dict[str, Any], read_take: ReadTake) -> ScriptedEdit:
    name = node["edit"]
    if name not in EDITS:
        raise ProjectFormatError(f"there is no edit called '{name:.60}'; the edits are {', '.join(sorted(EDITS))}.")
    hints = _arguments(EDITS[name])
    given = {key: value for key, value in node.items() if key != "edit"}
    unknown = sorted(set(given) - set(hints))
    if unknown:
        raise ProjectFormatError(f"'{name}' takes no '{unknown[0]:.60}'; it takes {', '.join(hints) or 'nothing'}.")
    missing = [key for key, (_, needed) in hints.items() if needed and key not in given]
    if missing:
        raise ProjectFormatError(f"'{name}' needs '{missing[0]}'; add it.")
    read: dict[str, Any] = {}
    for key, value in given.items():
        is_file = hints[key][0] is Take and isinstance(value, str)
        read[key] = read_take(Path(value)) if is_file else decode_value(hints[key][0], value, (name, key))
    return ScriptedEdit(name, read)


def _arguments(edit: Callable[..., Project]) -> dict[str, tuple[object, bool]]:
    """Arguments of an edit besides the project: the type of each, and whether it must be given."""
    hints = get_type_hints(edit)
    parameters = list(inspect.signature(edit).parameters.values())[1:]
    return {each.name: (_stored(hints[each.name]), each.default is inspect.Parameter.empty) for each in parameters}


def _stored(hint: Any) -> object:  # noqa: ANN401
    """The type under which an argument is written: any sequence is a list, which is read as a tuple."""
    return GenericAlias(tuple, (get_args(hint)[0], ...)) if get_origin(hint) is Sequence else hint
