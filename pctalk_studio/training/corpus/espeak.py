"""espeak-ng, through its library: it tells the sample at which each phone begins.

Its own marks are not the phones' edges: a vowel is announced after the transition that leads into it, and a stop after the
silence of its closure. Both are put right here (:func:`_edges`).
"""

from __future__ import annotations

import ctypes
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import TrainingError
from pctalk_studio.core.speech import VOWELS, Word
from pctalk_studio.jobs.apart import Apart
from pctalk_studio.training.corpus.phonesets import CMU, IPA, Timed, arpabet
from pctalk_studio.training.corpus.utterance import Split
from pctalk_studio.training.corpus.voices import Request, Spoken, Voice, fitted

_TRAINED = (
    "en-us+m1", "en-us+m3", "en-us+m7", "en-us+f1", "en-us+Alex", "en-us+Andrea", "en-us+m5", "en-us+Gene", "en-us+adam",
    "en-us+steph", "en-us+linda", "en-us+max", "en-us+klatt4", "en-us+m4", "en-us+aunty", "en-us-nyc+m4", "en-us-nyc+belinda",
    "en-gb-x-rp+m5", "en-gb-x-rp+f1", "en-gb-x-rp+Alex", "en-gb-scotland+m6", "en-gb-scotland+Andrea",
)  # fmt: skip
"""Accents and variants without the echo that some variants have: it would fill the closures."""

_HELD_OUT = {
    "en-us+Annie": Split.TEST,
    "en-us+paul": Split.TEST,
    "en-gb-x-rp+edward": Split.TEST,
    "en-us+anika": Split.VALID,
    "en-us+benjamin": Split.VALID,
}
_SHARE, _HELD_OUT_SHARE = 0.24, 0.16

_RETRIEVE, _PHONE_EVENTS, _AS_IPA, _PLAIN_UTF8 = 2, 1, 2, 1
_END, _WORD, _PHONE = 0, 1, 7
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4

_WORDS_A_MINUTE = 160
_SLOWEST, _FASTEST = 80, 400

_STOPS = frozenset("pbtdkɡ") | {"tʃ", "dʒ", "ɾ", "ʔ", "t̪"}
_LONGEST_CLOSURE, _LONGEST_FADE = 0.09, 0.12
"""Silence before a stop or a pause that belongs to it, at most, seconds."""
_VOWEL_LEAD = 0.011
"""Time by which a vowel's formants are on their way before its mark, after a consonant, seconds; measured against the aligner."""
_SHORTEST = 0.01
"""Least time that is left to a phone when its neighbour is given more, seconds."""
_SILENT = 0.006
"""Share of the loudest sample below which there is silence."""


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    """espeak_EVENT."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True, slots=True)
class _Mark:
    """A phone's symbol, or where and how long a word is in the text, at a sample."""

    sample: int
    symbol: str | None
    position: int = 0
    length: int = 0


class Espeak:
    """The voices of espeak-ng; see :class:`pctalk_studio.training.corpus.voices.Synthesizer`.

    The library keeps state from sentence to sentence (how far its flutter has come), and nothing sets it back. So each row of
    sentences is spoken by a fresh process, and equal rows sound equal.

    Parameters
    ----------
    library
        libespeak-ng.
    rate
        Hz of its sound.
    """

    def __init__(self, library: ctypes.CDLL, rate: int) -> None:
        self._library = library
        self._rate = rate
        self._pieces: list[npt.NDArray[np.int16]] = []
        self._marks: list[_Mark] = []
        # Kept, because the library holds only its address.
        self._callback = _CALLBACK(self._take)
        library.espeak_SetSynthCallback(self._callback)
        self._voices = tuple(voice for voice in _offered() if self._chosen(voice.name))
        # The first sentence of all loses its first events.
        library.espeak_Synth(b"a", 2, 0, 1, 0, _PLAIN_UTF8, None, None)

    @classmethod
    def found(cls) -> Espeak | None:
        """The installed one; None where the program or its library is missing."""
        if shutil.which("espeak-ng") is None:
            return None
        try:
            library = ctypes.CDLL("libespeak-ng.so.1")
        except OSError:
            return None
        rate = library.espeak_Initialize(_RETRIEVE, 0, None, _PHONE_EVENTS | _AS_IPA)
        return cls(library, rate) if rate > 0 else None

    @property
    def voices(self) -> tuple[Voice, ...]:
        """Those whose accent and variant are here."""
        return self._voices

    def speak(self, requests: Sequence[Request]) -> list[Spoken]:
        """Say each sentence.

        Raises
        ------
        TrainingError
            When a sentence gives no sound.
        """
        return Apart()(speak_here, tuple(requests)) if requests else []

    def _chosen(self, name: str) -> bool:
        return int(self._library.espeak_SetVoiceByName(name.encode("ascii"))) == 0

    def say(self, request: Request) -> Spoken:
        """Say one sentence in this process."""
        delivery = request.delivery
        self._chosen(request.voice.name)
        settings = {
            _RATE: int(np.clip(round(_WORDS_A_MINUTE / delivery.stretch), _SLOWEST, _FASTEST)),
            _VOLUME: 80,
            # 50 is the voice's own; each step is about a fortieth of an octave.
            _PITCH: int(np.clip(round(50 + 40 * np.log2(delivery.pitch)), 0, 99)),
            _RANGE: int(np.clip(round(50 * delivery.spread), 0, 99)),
        }
        for parameter, value in settings.items():
            self._library.espeak_SetParameter(parameter, value, 0)
        self._pieces, self._marks = [], []
        text = request.text.encode("utf-8")
        failed = self._library.espeak_Synth(text, len(text) + 1, 0, 1, 0, _PLAIN_UTF8, None, None)
        if failed or not self._pieces:
            raise TrainingError(f"espeak-ng's voice '{request.voice.name}' could not say '{request.text}'; leave it out.")
        samples = np.concatenate(self._pieces).astype(np.float32) / np.float32(32768)
        return self._spoken(samples, request)

    def _take(self, data: object, count: int, events: object) -> int:
        """Called by the library with some samples and the events in them."""
        if data and count:
            self._pieces.append(np.ctypeslib.as_array(data, (count,)).copy())
        i = 0
        while events[i].type != _END:  # type: ignore[index]
            event = events[i]  # type: ignore[index]
            if event.type == _PHONE:
                self._marks.append(_Mark(event.sample, event.id.string.decode("utf-8", "replace")))
            elif event.type == _WORD:
                self._marks.append(_Mark(event.sample, None, event.text_position, event.length))
            i += 1
        return 0

    def _spoken(self, samples: npt.NDArray[np.float32], request: Request) -> Spoken:
        phones = [mark for mark in self._marks if mark.symbol is not None]
        starts = _edges(samples, self._rate, phones)
        ends = np.append(starts[1:], len(samples) / self._rate)
        symbols = [Timed("pau", 0.0, float(starts[0]))] if len(starts) and starts[0] > 0 else []
        for mark, start, end in zip(phones, starts, ends, strict=True):
            symbols.append(Timed(mark.symbol or "pau", float(start), float(end)))
        spoken = arpabet(symbols, {**IPA, "pau": CMU["pau"]}, request.voice.full_name)
        words = _words(self._marks, request.text, starts, ends)
        return Spoken(samples, self._rate, *fitted(spoken, words, len(samples) / self._rate))


def speak_here(requests: Sequence[Request]) -> list[Spoken]:
    """Say each sentence in this process, which must not have spoken before.

    Raises
    ------
    TrainingError
        When the program is not there, or a sentence gives no sound.
    """
    espeak = Espeak.found()
    if espeak is None:
        raise TrainingError("espeak-ng is not on the path any more; install it, or begin another corpus without it.")
    return [espeak.say(request) for request in requests]


def _offered() -> list[Voice]:
    trained = [Voice("espeak", name, share=_SHARE) for name in _TRAINED]
    return trained + [Voice("espeak", name, split, _HELD_OUT_SHARE) for name, split in _HELD_OUT.items()]


def _edges(samples: npt.NDArray[np.float32], rate: int, marks: Sequence[_Mark]) -> npt.NDArray[np.float64]:
    """Where each phone begins, seconds: closures belong to their stops, transitions to the vowels that they lead into."""
    loud = np.abs(samples) > _SILENT * float(np.abs(samples).max())
    heard = np.flatnonzero(loud)
    starts = np.array([mark.sample / rate for mark in marks])
    for i, mark in enumerate(marks[1:], start=1):
        if not marks[i - 1].symbol:
            continue
        if mark.symbol in _STOPS or not mark.symbol:
            before = int(np.searchsorted(heard, mark.sample))
            quiet = (mark.sample - heard[before - 1]) / rate if before else 0.0
            starts[i] -= min(quiet, _LONGEST_CLOSURE if mark.symbol else _LONGEST_FADE)
        elif _is_vowel(mark.symbol) and not _is_vowel(marks[i - 1].symbol):
            starts[i] -= _VOWEL_LEAD
        starts[i] = max(starts[i - 1] + _SHORTEST, starts[i])
    return np.maximum.accumulate(starts)


def _is_vowel(symbol: str | None) -> bool:
    phones = IPA.get(symbol or "", ())
    return bool(phones) and phones[0] in VOWELS


def _words(marks: Sequence[_Mark], text: str, starts: npt.NDArray[np.float64], ends: npt.NDArray[np.float64]) -> tuple[Word, ...]:
    """Words from the first of their phones to the end of the last; a word without phones of its own is part of the one before."""
    found: list[Word] = []
    place: _Mark | None = None
    begun, number = -1, 0
    for mark in marks:
        if mark.symbol is None:
            place, begun = mark, -1
            continue
        if mark.symbol and place is not None:
            begun = number if begun < 0 else begun
            name = text[place.position - 1 : place.position - 1 + place.length]
            word = Word(name, float(starts[begun]), float(ends[number]))
            found[len(found) - (begun < number) :] = [word]
        number += 1
    return tuple(found)
