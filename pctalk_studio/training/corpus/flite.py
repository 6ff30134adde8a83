"""flite, through its library: phone, syllable and word of every stretch of the sound, as it was made."""

from __future__ import annotations

import ctypes
import shutil
from collections.abc import Iterator, Sequence

import numpy as np

from pctalk_studio.core.errors import TrainingError
from pctalk_studio.core.speech import Word
from pctalk_studio.training.corpus.phonesets import CMU, Timed, arpabet
from pctalk_studio.training.corpus.utterance import Split
from pctalk_studio.training.corpus.voices import Request, Spoken, Voice, fitted

_PITCH = {"kal": (95.0, 11.0), "kal16": (95.0, 11.0), "awb": (128.0, 18.0), "rms": (96.0, 15.0), "slt": (172.0, 24.0)}
"""Mean and deviation of each voice's own fundamental frequency, Hz."""

_VOICES = (
    Voice("flite", "slt", share=2.5, shifts=(0.80, 1.10)),
    Voice("flite", "rms", share=2.0, shifts=(0.92, 1.25)),
    Voice("flite", "kal16", share=1.0, shifts=(0.92, 1.25)),
    Voice("flite", "awb", Split.TEST, share=0.5),
)
"""The voice of the speaking clock knows no other words, and ``kal`` is ``kal16`` at 8 kHz."""

_SEED = 1


class _Wave(ctypes.Structure):
    """cst_wave."""

    _fields_ = (
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    )


class _VoiceHead(ctypes.Structure):
    """The first fields of cst_voice."""

    _fields_ = (("name", ctypes.c_char_p), ("features", ctypes.c_void_p))


_SIGNATURES: dict[str, tuple[object, list[object]]] = {
    "flite_synth_text": (ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_void_p]),
    "utt_wave": (ctypes.POINTER(_Wave), [ctypes.c_void_p]),
    "utt_relation": (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_char_p]),
    "relation_head": (ctypes.c_void_p, [ctypes.c_void_p]),
    "item_next": (ctypes.c_void_p, [ctypes.c_void_p]),
    "item_as": (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_char_p]),
    "item_parent": (ctypes.c_void_p, [ctypes.c_void_p]),
    "item_feat_string": (ctypes.c_char_p, [ctypes.c_void_p, ctypes.c_char_p]),
    "item_feat_float": (ctypes.c_float, [ctypes.c_void_p, ctypes.c_char_p]),
    "feat_set_float": (None, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_float]),
    "delete_utterance": (None, [ctypes.c_void_p]),
}


class Flite:
    """The voices of flite; see :class:`pctalk_studio.training.corpus.voices.Synthesizer`.

    Parameters
    ----------
    library
        libflite.
    voices
        Address of each voice that could be registered.
    """

    def __init__(self, library: ctypes.CDLL, voices: dict[str, int]) -> None:
        self._flite = library
        self._handles = voices
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments

    @classmethod
    def found(cls) -> Flite | None:
        """The installed one; None where the program, its library or all voices are missing."""
        if shutil.which("flite") is None:
            return None
        try:
            # The voices are linked against symbols of these, so all must be visible to them.
            library = ctypes.CDLL("libflite.so.1", mode=ctypes.RTLD_GLOBAL)
            for name in ("libflite_cmulex.so.1", "libflite_usenglish.so.1"):
                ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
        except OSError:
            return None
        library.flite_init()
        handles: dict[str, int] = {}
        for voice in _VOICES:
            try:
                register = getattr(ctypes.CDLL(f"libflite_cmu_us_{voice.name}.so.1"), f"register_cmu_us_{voice.name}")
            except (OSError, AttributeError):
                continue
            register.restype, register.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
            handle = register(None)
            if handle:
                handles[voice.name] = handle
        return cls(library, handles) if handles else None

    @property
    def voices(self) -> tuple[Voice, ...]:
        """Those whose libraries are here."""
        return tuple(voice for voice in _VOICES if voice.name in self._handles)

    def speak(self, requests: Sequence[Request]) -> list[Spoken]:
        """Say each sentence.

        Raises
        ------
        TrainingError
            When a sentence gives no sound.
        """
        return [self._say(request) for request in requests]

    def _say(self, request: Request) -> Spoken:
        name, delivery = request.voice.name, request.delivery
        handle = self._handles[name]
        features = ctypes.cast(handle, ctypes.POINTER(_VoiceHead)).contents.features
        mean, deviation = _PITCH[name]
        self._flite.feat_set_float(features, b"duration_stretch", delivery.stretch)
        self._flite.feat_set_float(features, b"int_f0_target_mean", mean * delivery.pitch)
        self._flite.feat_set_float(features, b"int_f0_target_stddev", deviation * delivery.pitch * delivery.spread)
        # The breath of its statistical voices comes from the C library's own random numbers.
        ctypes.CDLL(None).srand(_SEED)
        utterance = self._flite.flite_synth_text(request.text.encode("ascii"), handle)
        if not utterance:
            raise TrainingError(f"flite's voice '{name}' could not say '{request.text}'; leave this voice out.")
        try:
            return self._spoken(utterance, request.voice.full_name)
        finally:
            self._flite.delete_utterance(utterance)

    def _spoken(self, utterance: int, voice: str) -> Spoken:
        wave = self._flite.utt_wave(utterance).contents
        samples = np.ctypeslib.as_array(wave.samples, (wave.num_samples,)).astype(np.float32) / np.float32(32768)
        symbols: list[Timed] = []
        words: list[Word] = []
        at, last_word = 0.0, 0
        for segment in self._segments(utterance):
            end = max(at, float(self._flite.item_feat_float(segment, b"end")))
            stress, word = self._place(segment)
            symbols.append(Timed(self._flite.item_feat_string(segment, b"name").decode("ascii"), at, end, stress))
            if word and word == last_word:
                words[-1] = Word(words[-1].text, words[-1].start, end)
            elif word:
                words.append(Word(self._flite.item_feat_string(word, b"name").decode("ascii", "replace"), at, end))
            at, last_word = end, word
        phones = arpabet(symbols, CMU, voice)
        return Spoken(samples, wave.sample_rate, *fitted(phones, words, len(samples) / wave.sample_rate))

    def _segments(self, utterance: int) -> Iterator[int]:
        item = self._flite.relation_head(self._flite.utt_relation(utterance, b"Segment"))
        while item:
            yield item
            item = self._flite.item_next(item)

    def _place(self, segment: int) -> tuple[int | None, int]:
        """Stress of a segment's syllable, and address of its word; None and 0 for a pause."""
        inside = self._flite.item_as(segment, b"SylStructure")
        syllable = self._flite.item_parent(inside) if inside else None
        if not syllable:
            return None, 0
        stressed = self._flite.item_feat_string(syllable, b"stress")
        return int(stressed == b"1"), self._flite.item_parent(syllable) or 0
