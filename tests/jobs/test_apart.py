"""Work in a child process: results, errors, cancelling and death."""

from __future__ import annotations

import math
import os
import time

import numpy as np
import pytest

from pctalk_studio.core.errors import Cancelled, StudioError
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.core.progress import ProgressEvent
from pctalk_studio.jobs.apart import Apart, Told, here


def test_results_and_errors_come_back(tmp_path):
    apart = Apart()
    values = np.arange(1000, dtype=np.float32)
    assert apart(content_hash, values) == here(content_hash, values)
    assert apart(math.hypot, 3, 4) == 5
    with pytest.raises(ValueError, match="math domain error"):
        apart(math.sqrt, -1)


def test_errors_for_people_keep_their_sentence(tmp_path):
    from pctalk_studio.media.pictures import read_picture

    with pytest.raises(StudioError, match=r"missing\.png") as raised:
        Apart()(read_picture, tmp_path / "missing.png")
    assert raised.value.user_text == str(raised.value)


def test_it_ends_when_it_is_not_wanted_any_more():
    began = time.monotonic()

    def given_up() -> None:
        if time.monotonic() - began > 0.3:
            raise Cancelled("The work was cancelled.")

    with pytest.raises(Cancelled):
        Apart(given_up)(time.sleep, 60)
    assert time.monotonic() - began < 30


def test_a_child_that_dies_is_one_sentence():
    with pytest.raises(StudioError, match=r"ended before its time \(code 7\)"):
        Apart()(os._exit, 7)


def test_what_the_work_tells_is_heard_on_this_side(tmp_path):
    from helpers.videos import written

    from pctalk_studio.analysis.face.movie import follow_face
    from pctalk_studio.core.errors import FaceError

    path = written(tmp_path / "wall.mp4", [np.full((96, 96, 3), 120, np.uint8)] * 3)
    for run in (here, Apart()):
        heard = []
        with pytest.raises(FaceError, match="No face was found"):
            run(follow_face, path, "wall", listen=Told(heard.append))
        assert heard == [ProgressEvent("face", done, 3) for done in (1, 2, 3)]


def test_a_listener_that_has_heard_enough_ends_the_work(tmp_path):
    from helpers.videos import written

    from pctalk_studio.analysis.face.movie import follow_face

    def enough(event):
        raise Cancelled("The work was cancelled.")

    with pytest.raises(Cancelled):
        Apart()(follow_face, written(tmp_path / "w.mp4", [np.full((96, 96, 3), 99, np.uint8)] * 9), "w", listen=Told(enough))
