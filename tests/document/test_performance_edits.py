"""Performances on the timeline: added, cut, stretched, and with their recordings kept as long as somebody plays them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.performances import RATE, performance, take
from helpers.projects import a_project
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.document.edits import EDITS
from pctalk_studio.document.edits.performances import MOST_TAKES, performance_clip, take_of
from pctalk_studio.document.performance import (
    MOST_FRAMES,
    ROW_BYTES,
    Convention,
    Packed,
    PartStrengths,
    PerformanceClip,
    PerformancePart,
    Take,
)
from pctalk_studio.document.project import Project


def with_one(**changes: object) -> Project:
    return EDITS["add_performance"](a_project(), take=take(), clip=PerformanceClip(0, start=0.5, end=1.5, **changes))


def the(project: Project) -> PerformanceClip:
    return project.performances[-1]


def test_a_clip_brings_its_take_and_its_name():
    project = with_one()
    assert [(each.name, each.id) for each in project.takes] == [("nod", 2)]
    assert (the(project).take, the(project).name, the(project).id) == (2, "nod", 3)
    assert the(project).parts == {PerformancePart.HEAD, PerformancePart.EYES, PerformancePart.EXPRESSION}
    assert the(project).convention is Convention.RELATIVE


def test_the_same_take_is_kept_once_and_goes_with_its_last_clip():
    project = EDITS["add_performance"](with_one(), take=take(name="again"), clip=PerformanceClip(0))
    assert len(project.takes) == 1
    first, second = project.performances
    assert first.take == second.take
    left = EDITS["delete_performance"](project, clip=first.id)
    assert left.takes == project.takes
    assert EDITS["delete_performance"](left, clip=second.id).takes == ()


def test_another_take_is_kept_beside():
    project = EDITS["add_performance"](with_one(), take=take(yaw=-3), clip=PerformanceClip(0))
    assert len(project.takes) == 2
    assert take_of(project, the(project)).rows != project.takes[0].rows


@given(st.floats(0, 1.4), st.floats(0.1, 4), st.floats(-2, 2))
def test_trimming_leaves_what_is_played_when(start, speed, offset):
    project = with_one(speed=speed, offset=offset)
    trimmed = the(EDITS["trim_performance"](project, clip=the(project).id, start=start, end=1.45))
    assert (trimmed.start, trimmed.end) == (start, 1.45)
    assert trimmed.moment(1.2) == pytest.approx(the(project).moment(1.2), abs=1e-9)


def test_moving_takes_what_is_played_along():
    project = with_one(offset=0.3)
    moved = the(EDITS["move_performance"](project, clip=the(project).id, by=0.4))
    assert (moved.start, moved.end, moved.offset) == pytest.approx((0.9, 1.9, 0.3))


def test_faster_is_shorter():
    project = with_one()
    fast = the(EDITS["set_performance_speed"](project, clip=the(project).id, speed=2.0))
    assert (fast.start, fast.end) == pytest.approx((0.5, 1.0))
    assert fast.moment(fast.end) == pytest.approx(the(project).moment(the(project).end))
    with pytest.raises(EditRejected, match=r"between 0\.1 and 10"):
        EDITS["set_performance_speed"](project, clip=the(project).id, speed=0)


def test_cutting_goes_on_without_a_step():
    project = with_one(speed=1.5)
    one, two = EDITS["split_performance"](project, clip=the(project).id, at=0.9).performances
    assert (one.end, two.start, one.fade_out, two.fade_in) == (0.9, 0.9, 0.0, 0.0)
    assert one.moment(0.9) == pytest.approx(two.moment(0.9))
    assert one.take == two.take
    assert one.id != two.id
    with pytest.raises(EditRejected, match="lasts"):
        EDITS["split_performance"](project, clip=the(project).id, at=0.5)


def test_what_acts_is_chosen_part_by_part():
    project, clip = with_one(), the(with_one()).id
    driven = EDITS["set_performance_parts"](project, clip=clip, parts=[PerformancePart.MOUTH])
    assert the(driven).parts == {PerformancePart.MOUTH}
    strong = EDITS["set_performance_strengths"](project, clip=clip, strengths=PartStrengths(head=1.5, eyes=0))
    assert [the(strong).strengths.of(part) for part in PerformancePart] == [1.5, 0.0, 1.0, 1.0]
    with pytest.raises(EditRejected, match=r"between 0 and 1\.5"):
        PartStrengths(expression=1.6)


def test_the_stack_is_reordered():
    project = EDITS["add_performance"](with_one(), take=take(), clip=PerformanceClip(0))
    one, two = project.performances
    assert EDITS["reorder_performance"](project, clip=two.id, to=0).performances == (two, one)
    with pytest.raises(EditRejected, match="places 0 to 1"):
        EDITS["reorder_performance"](project, clip=two.id, to=2)


@pytest.mark.parametrize("times", [(-0.1, 1.0), (1.0, 1.0), (float("nan"), 1.0), (0.0, float("inf"))])
def test_times_that_are_none_are_refused(times):
    project = with_one()
    with pytest.raises(EditRejected, match="begins at 0 or later"):
        EDITS["trim_performance"](project, clip=the(project).id, start=times[0], end=times[1])


def test_what_is_not_there_is_said():
    with pytest.raises(EditRejected, match="no performance with the number 77"):
        performance_clip(with_one(), 77)
    with pytest.raises(EditRejected, match="import it again"):
        take_of(replace(with_one(), takes=()), the(with_one()))


def test_a_take_is_a_whole_number_of_frames_and_not_without_end():
    with pytest.raises(EditRejected, match="no whole frames"):
        Take(1, "half", RATE, Packed(b"\0" * (ROW_BYTES + 1)))
    with pytest.raises(EditRejected, match="no whole frames"):
        Take(1, "none", RATE, Packed(b""))
    with pytest.raises(EditRejected, match="60,000 frames"):
        Take(1, "long", RATE, Packed(bytes(ROW_BYTES) * (MOST_FRAMES + 1)))
    with pytest.raises(EditRejected, match="60,000 frames"):
        Take.of("long", performance(MOST_FRAMES + 1))


def test_a_project_holds_so_many_takes():
    project = with_one()
    full = replace(project, takes=tuple(replace(project.takes[0], id=n) for n in range(MOST_TAKES)))
    with pytest.raises(EditRejected, match="256 recorded performances"):
        EDITS["add_performance"](full, take=take(yaw=1), clip=PerformanceClip(0))


def test_a_take_is_what_was_recorded():
    made = performance(yaw=7)
    again = Take.of("x", made).performance()
    assert again.pose == pytest.approx(made.pose, abs=2**-7)
    assert again.eyes == pytest.approx(made.eyes, abs=2**-6)
    assert again.expression == pytest.approx(made.expression, abs=2**-12)
    assert again.rate == made.rate
