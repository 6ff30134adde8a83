"""What deciding, hashing and keeping cost beside drawing, as a multiple of hashing one picture of 512 x 512 at the same time."""

from __future__ import annotations

import hashlib
import time

import numpy as np
import pytest
from helpers.preview_bench import LOOK, Bench, motion

from pctalk_studio.preview.clip_frames import ClipFrames
from pctalk_studio.preview.clock import PlayPath
from pctalk_studio.preview.sound_feed import PathFeed
from pctalk_studio.preview.wish import Drawing, Stage

pytestmark = pytest.mark.perf

FRAMES = 1500


class Instant:
    """Draws in no time, so that what is left is everything else."""

    def frame(self, row):
        return np.zeros((4, 4, 3), np.uint8)


def spent(work):
    start = time.thread_time()
    work()
    return time.thread_time() - start


def one_picture():
    """Seconds to hash a picture of 512 x 512, about 1 ms; the measure of this machine at this moment."""
    data = bytes(512 * 512 * 3)
    return min(spent(lambda: hashlib.blake2b(data).digest()) for _ in range(20))


def test_a_frame_costs_less_than_a_third_of_a_picture_hash_besides_drawing():
    bench = Bench(np.arange(FRAMES) / 64, budget=FRAMES // 3)
    bench.preview.set_stage(Stage(Drawing(LOOK, Instant())))
    bench.preview.play()
    costs = []
    for frame in range(FRAMES):
        bench.preview.move(frame)
        costs.append(spent(bench.runner.step))
    assert bench.store.counts.evicted > 900
    assert np.percentile(costs, 95) <= 0.33 * one_picture()


def test_an_edited_word_is_hashed_in_the_time_of_two_picture_hashes():
    before = ClipFrames(motion(np.arange(FRAMES) / 64))
    before.row_keys()
    after = motion(np.concatenate([np.arange(FRAMES - 40) / 64, np.arange(40) + 900]))
    assert min(spent(lambda: ClipFrames(after, before).row_keys()) for _ in range(10)) <= 2 * one_picture()


@pytest.mark.parametrize("speed", [0.25, 0.75, 2.0])
def test_sound_at_another_speed_takes_less_than_a_tenth_of_its_own_time(speed):
    random = np.random.default_rng(0)
    samples = random.normal(0, 0.1, (4 * 48_000, 2)).astype(np.float32)
    feed = PathFeed(samples, 48_000, PlayPath(0, 0, 4, speed))
    blocks = [spent(lambda: feed.read(480)) for _ in range(100)]
    assert sum(blocks) < 0.1
