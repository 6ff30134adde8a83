"""Performances in the project file: exact, small, and safe when they come from a stranger."""

from __future__ import annotations

import base64
import json
import zlib

import numpy as np
import pytest
from helpers.performances import take
from helpers.projects import a_project
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.core.errors import ProjectFormatError
from pctalk_studio.core.performance import PERFORMED
from pctalk_studio.document.edits import EDITS
from pctalk_studio.document.performance import MOST_FRAMES, ROW_BYTES, PerformanceClip
from pctalk_studio.storage.codec import decode, encode
from pctalk_studio.storage.packed_rows import rows_of, rows_text
from pctalk_studio.storage.reading import MOST_PERFORMED


def played(frames: int = 250):
    return EDITS["add_performance"](a_project(), take=take(frames), clip=PerformanceClip(0, start=0.2, end=2.0))


def tree():
    return json.loads(encode(played(5)))


def refused(tree: dict) -> str:
    with pytest.raises(ProjectFormatError) as caught:
        decode(json.dumps(tree).encode(), "Duck.pctalk")
    return caught.value.user_text


@given(st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_any_rows_come_back_to_the_bit(frames, seed):
    rows = np.random.default_rng(seed).integers(0, 256, frames * ROW_BYTES, np.uint8).tobytes()
    assert rows_of(rows_text(rows)) == rows


def test_a_project_comes_back_with_what_it_plays():
    project = played()
    assert decode(encode(project), "x").project == project


def test_ten_seconds_take_less_than_a_photo_s_thumbnail():
    assert len(rows_text(take(250).rows)) < 12_000


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("%", "no performance in base64"),
        ("AAAA", "no performance in base64"),
        ("", "no whole performance"),
        (base64.b64encode(zlib.compress(b"")).decode(), "no whole performance"),
        (base64.b64encode(zlib.compress(b"\0" * (ROW_BYTES + 2))).decode(), "no whole performance"),
        (base64.b64encode(zlib.compress(b"\0" * ROW_BYTES)[:-3]).decode(), "no whole performance"),
        (base64.b64encode(zlib.compress(b"\0" * ROW_BYTES) + b"more").decode(), "no whole performance"),
        (base64.b64encode(zlib.compress(bytes(ROW_BYTES * MOST_FRAMES + ROW_BYTES), 9)).decode(), "longer than one can be"),
        ("A" * (MOST_FRAMES * PERFORMED * 4), "longer than a performance"),
        (7, "is no text"),
    ],
)
def test_rows_that_are_none_are_refused_with_their_place(text, told):
    damaged = tree()
    damaged["project"]["takes"][0]["rows"] = text
    said = refused(damaged)
    assert told in said
    assert "project.takes[#2].rows" in said


def test_a_bomb_unfolds_no_further_than_a_take_may():
    bomb = base64.b64encode(zlib.compress(bytes(1 << 28), 9)).decode()
    with pytest.raises(ValueError, match="longer than one can be"):
        rows_of(bomb)


def test_many_takes_are_refused_before_they_fill_the_memory():
    full = rows_text(bytes(ROW_BYTES * MOST_FRAMES))
    damaged = tree()
    one = damaged["project"]["takes"][0]
    damaged["project"] |= {"takes": [one | {"id": n + 2, "rows": full} for n in range(9)], "next_id": 99, "performances": []}
    assert f"more than {MOST_PERFORMED >> 20} MiB" in refused(damaged)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"take": 77}, "is no recording of the project"),
        ({"id": 2}, "has the identity of another"),
        ({"start": -1.0}, "lasts less than"),
        ({"end": 0.2}, "lasts less than"),
        ({"end": 1e7}, "lasts less than"),
        ({"offset": -1e7}, "offset lies outside"),
        ({"speed": 0.0}, "between 0.1 and 10"),
        ({"fade_in": 61.0}, "between 0 and 60"),
        ({"parts": ["head", "hands"]}, "is none of head, eyes, expression, mouth"),
        ({"strengths": {"schema": "PartStrengths.1", "eyes": 2.0}}, "between 0 and 1.5"),
    ],
)
def test_clips_that_no_edit_makes_are_refused(change, told):
    damaged = tree()
    damaged["project"]["performances"][0] |= change
    assert told in refused(damaged)


def test_a_script_lays_a_performance():
    from pctalk_studio.storage.edit_script import parse_script

    (edit,) = parse_script(
        json.dumps(
            [
                {
                    "edit": "add_performance",
                    "take": {"id": 0, "name": "nod", "rate": "25", "rows": rows_text(take(3).rows)},
                    "clip": {"take": 0, "end": 2.0, "parts": ["head"]},
                }
            ]
        ).encode(),
        "script",
    )
    project = EDITS[edit.name](a_project(), **edit.arguments)
    assert project.takes[0].frames == 3
