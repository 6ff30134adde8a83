from __future__ import annotations

import queue
from dataclasses import replace

import numpy as np
import pytest
from helpers.desks import ENGINES, NoDevices, studio, turn_until

from pctalk_studio.document.project import Emotion, EmotionClip, Project, StyleAxes
from pctalk_studio.session.comparing import Comparison, HearAnew, unedited
from pctalk_studio.session.desk import Desk


class Bench:
    """A desk whose window's thread is the test's."""

    def __init__(self, project: Project | None = None) -> None:
        self._calls: queue.Queue = queue.Queue()
        self.desk = Desk(studio(project), ENGINES, NoDevices(), self._calls.put, lambda _: None)
        self.desk.start()
        self.until(lambda: self.desk.frame_count > 0 and self.desk.stage is not None)

    def until(self, done, seconds: float = 10.0) -> None:
        turn_until(done, self._calls, seconds)


@pytest.fixture
def bench():
    made = Bench()
    yield made
    assert made.desk.leave() == ()
    made.desk.studio.close()


def follow(bench: Bench, frame: int) -> Comparison:
    changes: list[None] = []
    comparison = Comparison(bench.desk, lambda: (changes.append(None), comparison.follow(frame))[0])
    bench.desk.transport.seek(frame)
    comparison.follow(frame)

    def there() -> bool:
        comparison.follow(frame)
        return comparison.picture(frame) is not None

    bench.until(there)
    assert changes
    return comparison


def test_the_unedited_clip_stays_as_it_was(bench):
    desk, frame = bench.desk, 12
    bench.until(lambda: desk.picture(frame) is not None)
    before = desk.picture(frame).copy()
    desk.apply("set_style", style=StyleAxes(open=2.0))
    desk.apply("move_boundary", time=0.3, to=0.33)
    desk.apply("add_emotion", clip=EmotionClip(Emotion.HAPPY))
    bench.until(lambda: desk.scheduler.at_rest and not np.array_equal(desk.picture(frame), before))
    comparison = follow(bench, frame)
    assert np.array_equal(comparison.picture(frame), before)
    comparison.close()


def test_without_edits_nothing_is_drawn_for_it(bench):
    bench.until(lambda: bench.desk.scheduler.at_rest)
    comparison = follow(bench, 9)
    assert comparison.picture(9) is bench.desk.picture(9)
    comparison.close()


def test_it_is_drawn_ahead_once_nothing_else_is_left(bench):
    desk = bench.desk
    desk.apply("set_lip_scale", scale=2.0)
    bench.until(lambda: desk.scheduler.at_rest)
    comparison = follow(bench, 5)

    def ahead() -> bool:
        comparison.follow(5)
        return all(comparison.picture(number) is not None for number in range(5, 15))

    bench.until(ahead)
    comparison.close()


def test_only_sources_rate_and_rendering_are_kept():
    begun = studio()
    begun.apply("set_lip_scale", scale=0.4)
    begun.apply("set_seed", seed=5)
    begun.apply("add_emotion", clip=EmotionClip(Emotion.SAD))
    plain = unedited(begun.project, begun.project.speech)
    assert (plain.lip_scale, plain.emotions) == (1.0, ())
    assert (plain.seed, plain.media, plain.render, plain.rate) == (
        5,
        begun.project.media,
        begun.project.render,
        begun.project.rate,
    )


def test_what_was_heard_is_not_what_was_edited():
    begun = studio()
    heard = begun.project.speech.alignment()
    begun.apply("move_boundary", time=0.3, to=0.36)
    assert begun.project.speech.alignment() != heard
    assert HearAnew(begun.sources, begun.project)._found() == heard


def test_another_portrait_is_compared_with_itself_unedited(bench):
    desk, frame = bench.desk, 4
    desk.apply("set_lip_scale", scale=2.0)
    bench.until(lambda: desk.picture(frame) is not None)
    comparison = follow(bench, frame)
    old, before = comparison.picture(frame), desk.clip
    picture = desk.sources.picture
    brighter = replace(picture, rgb=np.clip(picture.rgb.astype(int) + 20, 0, 255).astype(np.uint8))
    desk.use_sources(replace(desk.sources, picture=brighter))
    bench.until(lambda: desk.clip is not before and desk.stage is not None and desk.picture(frame) is not None)

    def renewed() -> bool:
        comparison.follow(frame)
        shown = comparison.picture(frame)
        return shown is not None and not np.array_equal(shown, old)

    bench.until(renewed)
    assert np.array_equal(comparison.picture(frame)[40, 40], np.minimum(old[40, 40].astype(int) + 20, 255))
    comparison.close()
