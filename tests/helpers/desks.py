"""A small project on a desk, with an engine that draws at once, for tests of what stands on it."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable

import numpy as np
from helpers.facts import frontal_rig, spoken

from pctalk_studio.core.speech import SILENCE, Alignment, Phone, Word
from pctalk_studio.document.project import MediaReference, Project
from pctalk_studio.document.speech_track import SpeechTrack
from pctalk_studio.media.pictures import Picture
from pctalk_studio.media.sound import Sound
from pctalk_studio.preview.audio_output import OutputDevices, OutputFormat
from pctalk_studio.session import Sources, Studio

SIDE = 96
SOON = 20.0

WORDS = (
    ("a", ("AH",)),
    ("duck", ("D", "AH", "K")),
    ("swims", ("S", "W", "IH", "M", "Z")),
    ("past", ("P", "AE", "S", "T")),
    ("my", ("M", "AY")),
    ("bee", ("B", "IY")),
)
"""What is said, in ARPAbet."""


class FakeFace:
    """Draws a picture whose every pixel is told by the row alone."""

    def __init__(self, source):
        self._picture = source.picture

    def frame(self, row):
        picture = self._picture.copy()
        picture[:8, :8] = np.frombuffer(bytes.fromhex(row.key()[:6]), np.uint8)
        return picture


class FakeEngine:
    """An engine that needs no time."""

    name = "mesh"
    version = "fake"

    def prepare(self, source):
        return FakeFace(source)


class NoDevices(OutputDevices):
    """A machine without sound."""

    def format_for(self, rate):
        from pctalk_studio.core.errors import MediaError

        raise MediaError("There is no sound output here; connect one.")

    def open(self, form: OutputFormat, fill):
        raise AssertionError("no format, no output")


ENGINES = {"mesh": FakeEngine}


def alignment(phone_seconds: float = 0.1, pause: float = 0.3) -> Alignment:
    """The words above, evenly spoken between two silences, the fifth word doubtful."""
    phones, words, time = [Phone(SILENCE, 0.0, pause)], [], pause
    for number, (text, labels) in enumerate(WORDS):
        start = time
        for label in labels:
            phones.append(Phone(label, time, time + phone_seconds, 1 if label in ("AH", "IH", "AE", "AY", "IY") else None))
            time = phones[-1].end
        words.append(Word(text, start, time, 0.35 if number == 4 else 0.95))
    phones.append(Phone(SILENCE, time, time + pause))
    return Alignment(time + pause, tuple(words), tuple(phones))


def sources() -> Sources:
    """A drawn oval that speaks the words above in a hum."""
    said = alignment()
    y, x = np.mgrid[:SIDE, :SIDE]
    grey = np.where(((x - 48) / 30) ** 2 + ((y - 48) / 40) ** 2 < 1, 190, 60).astype(np.uint8)
    rate = 16000
    times = np.arange(round(said.duration * rate)) / rate
    speaking = (times > 0.3) & (times < said.duration - 0.3)
    from pathlib import Path

    hum = (0.2 * np.sin(2 * np.pi * 140 * times) * speaking).astype(np.float32)
    picture = Picture.of(np.repeat(grey[..., None], 3, axis=2), None, Path("oval.png"))
    return Sources(picture, frontal_rig(SIDE), Sound.of(hum, rate, Path("hum.wav")), spoken(said))


def studio(project: Project | None = None, **more) -> Studio:
    """The oval as an open project."""
    made = sources()
    from dataclasses import replace

    begun = project or Project()
    media = replace(begun.media, portrait=MediaReference("oval.png", "0" * 32), audio=MediaReference("hum.wav", "1" * 32))
    document = replace(begun, media=media, speech=SpeechTrack.of(made.speech.alignment))
    return Studio(document, made, ENGINES, **more)


def turn_until(done: Callable[[], object], calls: queue.Queue, seconds: float = SOON) -> None:
    """Make the calls that a desk asks of the window's thread, until something holds."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it never came"
        try:
            calls.get(timeout=0.01)()
        except queue.Empty:
            continue
