"""Edit scripts: every edit can be written down and read back, and a damaged script is one sentence."""

from __future__ import annotations

import json
import random
from contextlib import suppress

import pytest
from helpers.projects import KEY_EDITS, a_project, draw_edit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pctalk_studio.core.errors import EditRejected, ProjectFormatError
from pctalk_studio.document.edits import EDITS
from pctalk_studio.storage.codec import encode_value
from pctalk_studio.storage.edit_script import _arguments, parse_script

SCRIPT = [
    {"edit": "set_lip_scale", "scale": 1.2},
    {"edit": "move_boundary", "time": 0.3, "to": 0.28, "ripple": False},
    {"edit": "set_word_style", "word_ids": [1, 2], "style": {"open": 1.6, "purse": 0.8}},
    {"edit": "add_emotion", "clip": {"emotion": "sad", "intensity": 0.8, "regions": ["brows", "eyes"], "start": 0.2, "end": 1.4}},
    {"edit": "set_key", "curve": "yaw", "key": {"time": 1.0, "value": 5, "interpolation": "linear"}},
    {"edit": "paint_stroke", "clip": 1, "brush": {"radius": 0.2}, "dabs": [{"x": 0.1, "y": 0.2}]},
    {"edit": "set_rate", "rate": "30000/1001"},
]


def test_a_script_does_what_it_says():
    project = a_project()
    for edit in parse_script(json.dumps(SCRIPT).encode(), "edits.json"):
        project = EDITS[edit.name](project, **edit.arguments)
    assert project.lip_scale == 1.2
    assert project.speech.words[1].style.open == 1.6
    assert [clip.emotion for clip in project.emotions] == ["happy", "sad"]
    assert project.head_keys.yaw.at(1.0) == 5
    assert project.emotions[0].mask is not None
    assert str(project.rate) == "30000/1001"


@pytest.mark.parametrize("name", sorted(EDITS))
@settings(deadline=None, max_examples=4, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_edit_can_be_scripted(name, data):
    drawn, arguments = draw_edit(data.draw, a_project(), name)
    hints = _arguments(EDITS[drawn])
    given_arguments = {key: tuple(value) if isinstance(value, list) else value for key, value in arguments.items()}
    written = {key: encode_value(hints[key][0], value) for key, value in given_arguments.items()}
    data_bytes = json.dumps([{"edit": drawn, **written}]).encode()
    (edit,) = parse_script(data_bytes, "edits.json")
    assert (edit.name, edit.arguments) == (drawn, given_arguments)
    assert set(KEY_EDITS) <= set(EDITS)


def test_two_thousand_damaged_scripts_raise_nothing_but_the_projects_own_errors():
    rng = random.Random(5)
    whole = json.dumps(SCRIPT).encode()
    for _ in range(2000):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(data))
            kind = rng.randrange(4)
            if kind == 0:
                data[at] = rng.randrange(256)
            elif kind == 1:
                del data[at : at + rng.randint(1, 20)]
            elif kind == 2:
                data[at:at] = data[rng.randrange(len(data)) :][: rng.randint(1, 30)]
            else:
                data[at:at] = rng.choice([b"1e999", b"-", b"null", b"[[[[", b'"', b"NaN", b"99999999999999999999", b"{}"])
            if not data:
                break
        project = a_project()
        with suppress(ProjectFormatError, EditRejected):
            for edit in parse_script(bytes(data), "edits.json"):
                project = EDITS[edit.name](project, **edit.arguments)
