"""How fast a 30 s clip is made, as ratios within one run: ``python -m pytest -m perf -n 0 -s tests/perf/test_clip_speed.py``.

What bounds it is drawing. A frame of 512 x 512 costs 5 to 7 ms of processor time to draw, a quarter of it in one look-up of the
whole picture, and 4 to convert and encode, most of it x264's, which runs beside it. One thread draws where there are two cores:
two take as long, because each waits for its turn with the interpreter. Drawing alone takes about twice as long as x264 alone, and
what the encoder takes from it adds a fifth. The clip and x264 are timed by turns, and the median of the turns' ratios
counts, since the speed of a machine that is shared changes within seconds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pctalk_studio.analysis.face import find_face
from pctalk_studio.analysis.speech.facts import speech_facts
from pctalk_studio.core.resources import resource_path
from pctalk_studio.core.threads import one_math_thread
from pctalk_studio.deformation.evaluate import evaluate
from pctalk_studio.document.project import Project
from pctalk_studio.export.clip import export_clip
from pctalk_studio.media.movie import MovieWriter
from pctalk_studio.media.pictures import read_picture
from pctalk_studio.media.sound import read_sound
from pctalk_studio.render.framing import Framing, frame_source
from pctalk_studio.render.mesh import MeshRenderer

REPEATS = 7
"""Times the sample sentence of 4.1 s is said: 28.8 s."""


TURNS = 5


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds that passed, and seconds of processor time of all threads."""
    started, spent = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - spent


@pytest.mark.perf
def test_a_clip_is_made_faster_than_it_plays(tmp_path: Path):
    one_math_thread()
    sample = resource_path("sample")
    picture = read_picture(sample / "portrait.jpg")
    sound = read_sound(sample / "speech.flac")
    samples = np.tile(sound.mono(16000), REPEATS)
    text = (sample / "transcript.txt").read_text() * REPEATS
    length = len(samples) / 16000

    find_face(picture.rgb, picture.content_hash)  # the networks' files come from disk once
    start = time.perf_counter()
    rig = find_face(picture.rgb, picture.content_hash)
    speech = speech_facts(samples, text, "sample")
    analysis = time.perf_counter() - start

    motion = evaluate(Project(), rig, speech)
    prepared = MeshRenderer().prepare(frame_source(picture, rig, Framing(crop_to_face=True)))
    prepared.frame(motion.row(0))
    spent = time.thread_time()
    frames = [prepared.frame(motion.row(i)) for i in range(len(motion))]
    drawing = time.thread_time() - spent

    def encode_alone() -> None:
        with MovieWriter(tmp_path / "alone.mp4", (512, 512), motion.rate, sound) as movie:
            for frame in frames:
                movie.write(frame)

    def make_clip() -> None:
        export_clip(prepared, motion, sound, tmp_path / "clip.mp4")

    turns = np.array([(*timed(make_clip), *timed(encode_alone)) for _ in range(TURNS)])
    whole, whole_spent, encode, encode_spent = np.median(turns, axis=0)
    ratios = turns[:, 0] / turns[:, 2]
    per_frame = 1e3 / len(motion)
    print(  # noqa: T201
        f"\n{length:.1f} s at 512 x 512: analysis {analysis / length:.3f} x length, render and encode {np.median(ratios):.2f} "
        f"({ratios.min():.2f} to {ratios.max():.2f}) x the time of x264 alone ({encode * per_frame:.2f} ms/frame), "
        f"{length / whole:.1f} x faster than it plays; processor time a frame: {drawing * per_frame:.2f} ms to draw, "
        f"{encode_spent * per_frame:.2f} to encode, {whole_spent * per_frame:.2f} for both at once; load {os.getloadavg()[0]:.1f}"
    )
    assert analysis <= 0.2 * length
    assert np.median(ratios) <= 2.5
    assert whole <= length / 4
