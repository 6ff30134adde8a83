"""JSON as text: read within bounds of memory and time, written so that a diff shows one word, phone or key a line."""

from __future__ import annotations

import json
import math
from collections import Counter

from pctalk_studio.storage.schema import Json, JsonObject

LARGEST = 64 << 20
"""Bytes of a project file; the longest recording that the program takes needs a tenth of it."""

MOST_VALUES = 2_000_000
"""Values in a file; keeps a file of nothing but brackets from filling the memory."""

MOST_DIGITS = 400
"""Characters of a number; no float needs more."""

DEEPEST = 64
"""Objects inside objects, in what is kept unread."""

_WIDTH = 160
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False)


class NotReadable(ValueError):
    """A text that is no JSON of ours; the message is a clause for people."""


def parse_json(data: bytes) -> Json:
    """Read JSON; numbers must be finite and no key may occur twice in an object.

    Raises
    ------
    NotReadable
        When it is no such JSON, or larger than anything of ours.
    """
    if len(data) > LARGEST:
        raise NotReadable(f"is larger than {LARGEST >> 20} MiB")
    if data.count(b",") + data.count(b"[") + data.count(b"{") > MOST_VALUES:
        raise NotReadable(f"holds more than {MOST_VALUES:,} values")
    try:
        tree: Json = json.loads(
            data.decode("utf-8-sig"), parse_constant=_no_number, parse_float=_float, parse_int=_int, object_pairs_hook=_unique
        )
    except UnicodeDecodeError as error:
        raise NotReadable("is no UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise NotReadable(f"is no JSON (line {error.lineno})") from error
    except RecursionError as error:
        raise NotReadable("is nested too deeply") from error
    return tree


def _no_number(text: str) -> float:
    raise NotReadable(f"holds {text}, which is no number")


def _float(text: str) -> float:
    if len(text) > MOST_DIGITS or not math.isfinite(value := float(text)):
        raise NotReadable(f"holds the number {text[:20]}..., which is too large")
    return value


def _int(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise NotReadable(f"holds the number {text[:20]}..., which is too large")
    return int(text)


def _unique(pairs: list[tuple[str, Json]]) -> JsonObject:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise NotReadable(f"holds an object with two entries '{shown(twice)}'")
    return found


def shown(text: str, most: int = 40) -> str:
    """A stranger's text as part of a sentence: on one line, and not long."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in text[: most + 1])
    return clean if len(clean) <= most else f"{clean[:most]}..."


def is_too_deep(node: Json) -> bool:
    """Whether a value nests deeper than DEEPEST; takes no stack itself."""
    level: list[Json] = [node]
    for _ in range(DEEPEST):
        below: list[Json] = []
        for each in level:
            if isinstance(each, dict):
                below += each.values()
            elif isinstance(each, list):
                below += each
        if not below:
            return False
        level = below
    return True


def one_line(node: Json) -> str:
    """A value on one line."""
    return _ENCODER.encode(node)


def laid_out(node: Json) -> str:
    """A value over lines: an object or list with objects in lists has a line for each entry, what is short stays on one line."""
    return _laid(node, "") + "\n"


def _laid(node: Json, indent: str) -> str:
    if not isinstance(node, dict | list) or not node:
        return one_line(node)
    if not _has_records(node):
        flat = one_line(node)
        if len(flat) + len(indent) <= _WIDTH:
            return flat
    deeper = indent + "  "
    if isinstance(node, dict):
        lines = [f"{deeper}{one_line(key)}: {_laid(value, deeper)}" for key, value in node.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    return "[\n" + ",\n".join(deeper + _laid(value, deeper) for value in node) + f"\n{indent}]"


def _has_records(node: Json) -> bool:
    """Whether a list of objects or lists is anywhere inside."""
    if isinstance(node, list):
        return any(isinstance(each, dict | list) for each in node)
    return isinstance(node, dict) and any(_has_records(value) for value in node.values())
