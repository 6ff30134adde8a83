"""What lies beyond the end of the recording is found, kept, and removed only when asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.projects import a_project, attempt, draw_edit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.document.beyond import beyond
from pctalk_studio.document.curves import Curve, Key
from pctalk_studio.document.edits import EDITS
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.project import BlinkEvent, Emotion, EmotionClip, HeadKeys, Marker, Project
from pctalk_studio.document.speech_track import SpeechTrack

END = 2.0


def ended(**more) -> Project:
    return Project(speech=SpeechTrack(END), next_id=20, **more)


def keys(*times):
    return Curve(1.0, tuple(Key(time, 1.0) for time in times))


CROWDED = ended(
    lip_scale_keys=keys(0.5, 2.0, 2.5, 7.0),
    head_keys=HeadKeys(yaw=keys(3.0), pitch=keys(1.0)),
    emotions=(
        EmotionClip(Emotion.SAD, id=1, start=1.0, end=4.0, envelope=keys(1.5, 3.5)),
        EmotionClip(Emotion.HAPPY, id=2, start=2.0, end=3.0, envelope=keys(2.2)),
        EmotionClip(Emotion.FEAR, id=3),
    ),
    blinks=(BlinkEvent(4, 1.0), BlinkEvent(5, 2.2)),
    markers=(Marker(6, 2.0), Marker(7, 9.0)),
    in_point=1.0,
    out_point=6.0,
)


def test_what_lies_beyond_is_found_and_what_ends_there_is_not():
    found = beyond(CROWDED)
    assert found.keys == (
        (CurveName.LIP_SCALE, None, 2.5),
        (CurveName.LIP_SCALE, None, 7.0),
        (CurveName.YAW, None, 3.0),
        (CurveName.ENVELOPE, 1, 3.5),
    )
    assert (found.emotions, found.blinks, found.markers, found.performances) == ((2,), (5,), (7,), ())
    assert (found.end, found.last) == (END, 9.0)


def test_removing_it_leaves_all_else_as_it_was():
    after = EDITS["remove_beyond"](CROWDED)
    assert not beyond(after)
    assert after.lip_scale_keys == keys(0.5, 2.0)
    assert after.head_keys == HeadKeys(yaw=Curve(1.0), pitch=keys(1.0))
    assert [clip.id for clip in after.emotions] == [1, 3]
    assert after.emotions[0].envelope == keys(1.5)
    assert (after.emotions[0].start, after.emotions[0].end) == (1.0, 4.0)
    assert [blink.id for blink in after.blinks] == [4]
    assert [marker.id for marker in after.markers] == [6]
    assert (after.in_point, after.out_point) == (1.0, None)


def test_where_nothing_lies_beyond_nothing_can_be_removed():
    for project in (Project(), ended(), Project(blinks=(BlinkEvent(1, 5.0),))):
        assert not beyond(project)
        with pytest.raises(EditRejected, match="Nothing lies beyond"):
            EDITS["remove_beyond"](project)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_after_removing_nothing_is_beyond_and_without_anything_beyond_nothing_changes(data):
    project = a_project()
    for _ in range(data.draw(st.integers(0, 8))):
        project = attempt(project, *draw_edit(data.draw, project))
    speech = project.speech
    project = replace(project, speech=SpeechTrack(data.draw(st.floats(0.1, max(speech.duration, 0.2)))))
    after = attempt(project, "remove_beyond", {})
    assert not beyond(after)
    assert (after is project) == (not beyond(project))
