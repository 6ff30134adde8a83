"""How fast editing and preview are on this machine, measured on a clip made of the sample; ``pctalk-studio bench``."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from pctalk_studio.core.resources import resource_path
from pctalk_studio.core.speech import Alignment, SpeechFacts
from pctalk_studio.core.time import FrameSet
from pctalk_studio.document.project import Emotion, EmotionClip, Project, RenderSettings
from pctalk_studio.document.speech_track import SpeechTrack, WordStyle
from pctalk_studio.jobs.runner import Runner
from pctalk_studio.media.sound import Sound
from pctalk_studio.preview.playback import Player
from pctalk_studio.preview.scheduler import PreviewScheduler
from pctalk_studio.preview.wish import Drawing, Stage
from pctalk_studio.render.api import FrameLook
from pctalk_studio.render.frame_store import FrameStore
from pctalk_studio.session.easel import Engines
from pctalk_studio.session.sources import Sources, load_sources
from pctalk_studio.session.studio import Studio

REPEATS = 30
"""Times that each gesture is measured."""

STORE_BYTES = 256 * 2**20
"""Budget of the frame store during playback: less than the frames of a clip, so that it must give some up."""

_TICKS = 60
"""Times a second that a window asks what to show."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    Parameters
    ----------
    name, unit
        What, in what.
    value
        As measured here.
    limit
        What it should not exceed.
    """

    name: str
    value: float
    unit: str
    limit: float

    @property
    def passed(self) -> bool:
        """Whether it stays within its limit."""
        return self.value <= self.limit


def measure(engines: Engines, seconds: float = 60.0, playback: float = 10.0) -> tuple[Figure, ...]:
    """Measure all figures.

    Parameters
    ----------
    engines
        Makers of engines; ``mesh`` is measured.
    seconds
        Length of the clip, at least that of the sample.
    playback
        Seconds that are played in real time.
    """
    sources = long_sources(seconds)
    studio = _studio(sources, engines, 512)
    return (
        *_edits(studio),
        Figure("slider to new frame, 512 x 512, 95th percentile", _slider(studio), "ms", 16),
        Figure("slider to new frame, 1920 x 1080, 95th percentile", _slider(_studio(sources, engines, (1920, 1080))), "ms", 40),
        *_word(_studio(sources, engines, 256)),
        *_playback(studio, engines, playback),
    )


def long_sources(seconds: float) -> Sources:
    """The sample, said again and again."""
    sample = resource_path("sample")
    text = (sample / "transcript.txt").read_text(encoding="utf-8")
    once = load_sources(sample / "portrait.jpg", sample / "speech.flac", Project(), text)
    times = max(1, round(seconds / once.sound.duration))
    sound = Sound.of(np.tile(once.sound.samples, (times, 1)), once.sound.rate, once.sound.path)
    length, spoken = once.speech.alignment.duration, once.speech.alignment
    shifts = [length * i for i in range(times)]
    words = tuple(replace(w, start=w.start + s, end=w.end + s) for s in shifts for w in spoken.words)
    phones = [replace(p, start=p.start + s, end=p.end + s) for s in shifts for p in spoken.phones]
    # Sums of many lengths differ from their product in the last bits; each phone begins where the one before ends.
    edges = [0.0, *(phone.end for phone in phones)]
    phones = [replace(phone, start=edges[i], end=edges[i + 1]) for i, phone in enumerate(phones)]
    alignment = Alignment(edges[-1], words, tuple(phones))
    voice = once.speech
    tiled = SpeechFacts(
        alignment,
        np.tile(voice.loudness, times),
        np.tile(voice.pitch, times),
        np.tile(voice.speaking, times),
        f"{voice.content_hash} x {times}",
    )
    return Sources(once.picture, once.rig, sound, tiled)


def _studio(sources: Sources, engines: Engines, size: int | tuple[int, int]) -> Studio:
    if isinstance(size, int):
        settings = RenderSettings(crop_to_face=True, longest=size)
    else:
        settings = RenderSettings(size=size)
    project = Project(
        speech=SpeechTrack.of(sources.speech.alignment),
        emotions=(EmotionClip(Emotion.HAPPY, 0.5, id=1),),
        render=settings,
        next_id=2,
    )
    return Studio(project, sources, engines)


def _milliseconds(action: Callable[[int], None]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    spent = np.zeros(REPEATS)
    for number in range(REPEATS):
        started = time.perf_counter()
        action(number)
        spent[number] = (time.perf_counter() - started) * 1e3
    return spent


def _edits(studio: Studio) -> tuple[Figure, ...]:
    """An edit and all rows and keys of the clip after it, by kind of edit."""
    word, edge = studio.project.speech.words[5], studio.project.speech.phones[20].end

    def evaluated(edit: str, **arguments: Any) -> None:
        studio.apply(edit, **arguments)
        studio.clip.row_keys()

    def moved(number: int) -> None:
        here = studio.project.speech.phones[20].end
        evaluated("move_boundary", time=here, to=edge + 0.002 * (number % 2))

    kinds: dict[str, Callable[[int], None]] = {
        "lip scale": lambda n: evaluated("set_lip_scale", scale=1 + n / 100),
        "word style": lambda n: evaluated("set_word_style", word_ids=[word.id], style=WordStyle(open=1 + n / 100)),
        "boundary": moved,
        "emotion": lambda n: evaluated("set_intensity", clips=[1], intensity=0.5 + n / 100),
    }
    studio.clip.row_keys()
    return tuple(
        Figure(f"{kind}: edit and full evaluation, median", float(np.median(_milliseconds(action))), "ms", 20)
        for kind, action in kinds.items()
    )


def _slider(studio: Studio) -> float:
    """From a slider's move, while paused, to the new frame under the playhead; 95th percentile, ms."""
    frame = len(studio) // 3
    studio.frame(frame)

    def drag(number: int) -> None:
        studio.apply("set_lip_scale", gesture="drag", scale=0.8 + number / 50)
        studio.frame(frame)

    return float(np.percentile(_milliseconds(drag), 95))


def _word(studio: Studio) -> tuple[Figure, ...]:
    """Frames drawn for one edited word against those whose pixels changed, and for undo."""
    word = studio.project.speech.words[8]
    near = FrameSet.parse(f"0-{min(len(studio) - 1, 250)}")
    before = studio.frames(near)
    studio.take_rendered()
    studio.apply("set_word_style", word_ids=[word.id], style=WordStyle(open=1.5))
    after = studio.frames(near)
    drawn = len(studio.take_rendered())
    changed = sum(not np.array_equal(one, other) for one, other in zip(before, after, strict=True))
    studio.undo()
    studio.frames(near)
    return (
        Figure("frames drawn for an edited word / frames whose pixels changed", drawn / max(changed, 1), "", 1.02),
        Figure("frames drawn for undo", float(len(studio.take_rendered())), "", 0),
    )


def _playback(studio: Studio, engines: Engines, seconds: float) -> tuple[Figure, ...]:
    """Play frames that were never drawn, in real time, with less memory than they need."""
    source, prepared = studio.drawn_with()
    look = FrameLook.of(source, engines[studio.project.render.engine]())
    runner, store = Runner("render"), FrameStore(STORE_BYTES)
    scheduler = PreviewScheduler(runner, store)
    try:
        scheduler.set_stage(Stage(Drawing(look, prepared)))
        scheduler.show(studio.motion)
        player = Player(scheduler)
        player.set_clip(len(studio), studio.project.rate)
        player.play()
        started, ticks, largest = time.perf_counter(), 0, 0
        while time.perf_counter() - started < seconds and player.playing:
            player.tick()
            largest = max(largest, store.counts.bytes_used)
            ticks += 1
            time.sleep(max(0.0, started + ticks / _TICKS - time.perf_counter()))
        player.pause()
        dropped = player.counts.dropped
    finally:
        scheduler.close()
        runner.close(5)
    share = float(Fraction(largest, STORE_BYTES))
    return (
        Figure(f"frames dropped in {seconds:g} s of uncached playback", float(dropped), "", 0),
        Figure("frame memory used / budget", share, "", 1.0),
    )
