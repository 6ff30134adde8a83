from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.document.history import History
from pctalk_studio.document.masks import Brush, Dab, FaceMask
from pctalk_studio.document.project import Emotion, EmotionClip, Project

values = st.floats(0, 2)
moves = st.lists(st.one_of(st.tuples(st.just("edit"), values), st.tuples(st.sampled_from(["undo", "redo"]), values)), max_size=40)


@settings(deadline=None)
@given(moves)
def test_history_behaves_like_a_list_of_documents(script):
    history = History.of(Project())
    documents, at = [Project()], 0
    for move, value in script:
        if move == "edit":
            project = replace(history.project, lip_scale=value)
            changed = project != history.project
            history = history.done(project, "Scale lips")
            if changed:
                documents, at = [*documents[: at + 1], project], at + 1
        elif move == "undo":
            if at:
                history, at = history.undone(), at - 1
            else:
                with pytest.raises(EditRejected, match="nothing to undo"):
                    history.undone()
        elif at + 1 < len(documents):
            history, at = history.redone(), at + 1
        else:
            with pytest.raises(EditRejected, match="nothing to redo"):
                history.redone()
        assert history.project == documents[at]
        assert (len(history.past), len(history.future)) == (at, len(documents) - 1 - at)


def test_a_gesture_is_one_step_and_one_that_returns_is_none():
    start = History.of(Project())
    history = start
    for value in (1.1, 1.2, 1.3):
        history = history.done(replace(history.project, lip_scale=value), "Scale lips", gesture="drag 1")
    assert len(history.past) == 1
    assert history.undone().project == Project()
    back = history.done(Project(), "Scale lips", gesture="drag 1")
    assert (back.past, back.project) == ((), Project())


def test_two_gestures_are_two_steps_even_under_one_name():
    history = History.of(Project()).done(Project(lip_scale=1.1), "Scale lips", gesture="drag").settled()
    history = history.done(Project(lip_scale=1.2), "Scale lips", gesture="drag")
    assert len(history.past) == 2


def test_an_edit_after_undo_forgets_the_future():
    history = History.of(Project()).done(Project(lip_scale=1.1), "a").done(Project(lip_scale=1.2), "b").undone()
    assert history.done(Project(lip_scale=1.5), "c").future == ()


def test_memory_bounds_the_history_and_shared_parts_count_once():
    clip = EmotionClip(Emotion.HAPPY, id=1, mask=FaceMask.empty())
    project = Project(emotions=(clip,), next_id=2)
    limit = 400_000
    history = History.of(project, limit)
    for i in range(60):
        mask = (clip.mask or FaceMask()).stroked(Brush(), [Dab(-0.6 + i / 50, 0.3)])
        clip = replace(clip, mask=mask)
        history = history.done(replace(history.project, emotions=(clip,)), "Paint")
    # A mask is 16 kB: about two dozen strokes fit, all sixty do not.
    assert 15 <= len(history.past) <= 25
    for i in range(200):
        history = history.done(replace(history.project, seed=i + 1), "Seed")
    # Documents that share their mask cost next to nothing: the strokes are still there.
    assert len(history.past) > 200


def test_selection_comes_back_with_the_step():
    history = History.of(Project()).done(Project(lip_scale=1.1), "a", selection=(3, 4)).done(Project(lip_scale=1.2), "b")
    assert history.undone().present.selection == (3, 4)


@given(st.lists(values, min_size=1, max_size=6, unique=True), st.data())
def test_any_step_can_be_gone_to_and_none_is_lost(scales, data):
    history = History.of(Project(lip_scale=2.0, seed=7))
    for scale in scales:
        history = history.done(replace(history.project, lip_scale=scale), "Scale lips")
    steps = [step.project for step in history.steps]
    for _ in range(4):
        position = data.draw(st.integers(0, len(steps) - 1))
        history = history.gone_to(position)
        assert history.project == steps[position]
        assert [step.project for step in history.steps] == steps
    for nowhere in (-1, len(steps)):
        with pytest.raises(EditRejected, match="none of them"):
            history.gone_to(nowhere)
