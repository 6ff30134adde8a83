"""Whatever a file holds, opening it gives a document or the project's own error: quickly, in little memory, touching nothing."""

from __future__ import annotations

import copy
import json
import os
import random
import resource
import time
from collections.abc import Iterator

import pytest
from helpers.performances import take
from helpers.projects import a_project

from pctalk_studio.core.errors import ProjectFormatError
from pctalk_studio.document.edits import EDITS
from pctalk_studio.document.masks import FaceMask
from pctalk_studio.document.performance import PerformanceClip
from pctalk_studio.document.project import Project
from pctalk_studio.storage.codec import decode, encode
from pctalk_studio.storage.media_links import find_media

NASTY = (
    None,
    True,
    0,
    -1,
    2**63,
    10**300,
    -0.0,
    1e308,
    5e-324,
    "",
    "../../../../etc/passwd",
    "/dev/zero",
    "/proc/self/mem",
    "http://example.invalid/x",
    "\\\\host\\share",
    "a\0b",
    "\ud800",
    "{0.__class__}",
    "%s%n",
    "x" * 100_000,
    [],
    {},
    [[[[]]]],
    {"schema": "Project.1"},
    {"schema": "Project.999999"},
    {"schema": "Unknown.1", "schema2": {"schema": "Unknown.1"}},
    {"__class__": "os.system", "__reduce__": ["rm"]},
)
TOKENS = (b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\0", b"\xff", b"NaN", b"1e999", b"null", b"-", b"\\ud800", b"9" * 50)


def rich() -> Project:
    """A project with something of every kind."""
    project = EDITS["set_mask"](a_project(), clip=1, mask=FaceMask())
    project = EDITS["add_marker"](project, time=0.5, label="Wing")
    project = EDITS["add_performance"](project, take=take(5), clip=PerformanceClip(start=0.2, end=1.4))
    return EDITS["add_blink"](project, time=0.7)


def _places(node: object) -> list[tuple[object, object]]:
    """Every (container, key) of a tree."""
    keys = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
    return [(node, key) for key in keys] + [place for key in keys for place in _places(node[key])]


def _of_tree(chance: random.Random, tree: object) -> bytes:
    """A file with some values exchanged, doubled, moved, renamed or gone."""
    tree = copy.deepcopy(tree)
    for _ in range(chance.randint(1, 3)):
        places = _places(tree)
        if not places:
            break
        container, key = chance.choice(places)
        match chance.randrange(5):
            case 0 | 1:
                container[key] = chance.choice(NASTY)
            case 2:
                del container[key]
            case 3:
                other, place = chance.choice(places)
                container[key] = copy.deepcopy(other[place]) if place in range(len(other)) or place in other else None
            case _ if isinstance(container, list):
                container.append(copy.deepcopy(container[key]))
            case _:
                container[f"{key}2"] = container.pop(key)
    return json.dumps(tree).encode("utf-8", "surrogatepass")


def _of_bytes(chance: random.Random, data: bytes) -> bytes:
    """A file with some bytes exchanged, gone, doubled or cut off."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(changed) + 1)
        stop = min(start + chance.choice((0, 1, 1, 2, 8, 200)), len(changed))
        piece = chance.choice((chance.choice(TOKENS), bytes([chance.randrange(256)]), bytes(changed[start:stop]) * 2, b""))
        changed[start:stop] = piece
    return bytes(changed[: chance.randrange(len(changed) + 1)] if chance.random() < 0.1 else changed)


def mutations(count: int, seed: int) -> Iterator[bytes]:
    """Mutated project files."""
    chance, data = random.Random(seed), encode(rich())
    tree = json.loads(data)
    for n in range(count):
        yield _of_tree(chance, tree) if n % 2 else _of_bytes(chance, data)


def _check_sentence(text: str) -> None:
    assert text.encode().decode().isprintable()
    assert len(text) < 500
    assert "Duck.pctalk" in text


def _open_all(count: int, seed: int, folder: object) -> tuple[int, float]:
    """Open mutated files and whatever they refer to; how many opened, and the longest that one took."""
    opened, longest = 0, 0.0
    for data in mutations(count, seed):
        start = time.process_time()
        try:
            decoded = decode(data, "Duck.pctalk")
        except ProjectFormatError as error:
            _check_sentence(error.user_text)
        else:
            opened += 1
            find_media(decoded.project, folder / "Duck.pctalk")
            again = decode(encode(decoded.project, decoded.extras), "again")
            assert again.project == decoded.project
            assert sorted(map(str, again.extras.items)) == sorted(map(str, decoded.extras.items))
        longest = max(longest, time.process_time() - start)
    return opened, longest


def _check(count: int, seed: int, folder: object) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    opened, longest = _open_all(count, seed, folder)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    # Some must open and some must not, or nothing was tested.
    assert count * 0.02 < opened < count * 0.8
    assert longest < 2
    assert grown < 1 << 19, "more than 512 MiB"
    assert os.listdir(folder) == []


def test_mutated_files_open_or_are_refused(tmp_path):
    _check(2_000, 1, tmp_path)


@pytest.mark.slow
def test_20000_mutated_files_open_or_are_refused(tmp_path):
    _check(20_000, 2, tmp_path)


@pytest.mark.parametrize("bomb", [b'{"":0},', b"{},", b"[],", b'"",', b"1e0,", b'["\xf0\x9f\x98\x80"],'])
def test_files_made_to_fill_the_memory_are_refused_in_little_of_it(bomb):
    """The largest file that is read at all, of nothing but the smallest things that there are."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for times in ((64 << 20) // len(bomb) - 1, 1_900_000 // (bomb.count(b",") + bomb.count(b"[") + bomb.count(b"{"))):
        with pytest.raises(ProjectFormatError):
            decode(b"[" + bomb * times + b"0]", "bomb")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700 << 10, "more than 700 MiB"


def test_an_object_of_a_million_entries_is_refused_in_time():
    entries = b",".join(b'"%d":0' % n for n in range(900_000))
    start = time.process_time()
    with pytest.raises(ProjectFormatError, match="two entries '0'"):
        decode(b"{" + entries + b',"0":1}', "bomb")
    assert time.process_time() - start < 10


def test_masks_by_the_thousand_are_refused():
    """A plain mask is fifty times larger in memory than in the file."""
    tree = json.loads(encode(rich()))
    clip = tree["project"]["emotions"][0]
    tree["project"] |= {"emotions": [clip | {"id": n + 1} for n in range(5000)], "blinks": [], "markers": [], "next_id": 9999}
    with pytest.raises(ProjectFormatError, match="more than 4,096 masks"):
        decode(json.dumps(tree).encode(), "bomb")
