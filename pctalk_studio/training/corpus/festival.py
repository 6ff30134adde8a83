"""festival, as one run of the program for many sentences: its segments with their ends, written beside the sound."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import TrainingError
from pctalk_studio.core.speech import Word
from pctalk_studio.training.corpus.phonesets import CMU, Timed, arpabet
from pctalk_studio.training.corpus.utterance import Split
from pctalk_studio.training.corpus.voices import Request, Spoken, Voice, fitted

_VOICES = (
    Voice("festival", "kal_diphone", share=0.6, shifts=(0.92, 1.25)),
    Voice("festival", "cmu_us_slt_arctic_hts", share=1.6, shifts=(0.80, 1.12)),
    Voice("festival", "ked_diphone", Split.TEST, share=0.4),
)

_DIPHONE_PITCH = (105.0, 14.0)
"""Mean and deviation of the diphone voices' own fundamental frequency, Hz."""

_LATE = 0.007
"""Seconds by which its sound comes after its own times, alike for all three voices; measured against the aligner."""

_SECONDS_EACH = 30.0
"""Longest time that a sentence may take."""

_SCHEME = """
(define (pc_row file s)
  (format file "%s %f %s %s %s %s\\n" (item.name s) (item.feat s 'end) (item.feat s "R:SylStructure.parent.stress")
    (item.feat s "pos_in_syl") (item.feat s "R:SylStructure.parent.R:Syllable.pos_in_word")
    (item.feat s "R:SylStructure.parent.parent.name")))
(define (pc_say text stem)
  (let ((u (eval (list 'Utterance 'Text text))) (file (fopen (string-append stem ".seg") "w")))
    (utt.synth u)
    (mapcar (lambda (s) (pc_row file s)) (utt.relation.items u 'Segment))
    (fclose file)
    (utt.save.wave u (string-append stem ".wav") 'riff)))
"""


class Festival:
    """The voices of festival; see :class:`pctalk_studio.training.corpus.voices.Synthesizer`.

    Parameters
    ----------
    program
        Path of festival.
    names
        Its voices.
    """

    def __init__(self, program: str, names: frozenset[str]) -> None:
        self._program = program
        self._names = names

    @classmethod
    def found(cls) -> Festival | None:
        """The installed one; None where the program or all voices are missing."""
        program = shutil.which("festival")
        if program is None:
            return None
        listed = _run(program, '(format t "%l" (voice.list))', _SECONDS_EACH)
        names = frozenset(listed.strip("() \n").split())
        festival = cls(program, names)
        return festival if festival.voices else None

    @property
    def voices(self) -> tuple[Voice, ...]:
        """Those that are installed."""
        return tuple(voice for voice in _VOICES if voice.name in self._names)

    def speak(self, requests: Sequence[Request]) -> list[Spoken]:
        """Say all sentences in one run, those of one voice after another.

        Raises
        ------
        TrainingError
            When the program fails or says nothing.
        """
        if not requests:
            return []
        with tempfile.TemporaryDirectory(prefix="festival") as folder:
            order = sorted(range(len(requests)), key=lambda i: requests[i].voice.name)
            script = [_SCHEME]
            for i in order:
                script += _commands(requests[i], f"{folder}/{i}")
            _run(self._program, "\n".join(script), _SECONDS_EACH * len(requests))
            return [_read(Path(folder), i, request) for i, request in enumerate(requests)]


def _commands(request: Request, stem: str) -> list[str]:
    delivery, name = request.delivery, request.voice.name
    mean, deviation = _DIPHONE_PITCH
    pitch = f"(target_f0_mean {mean * delivery.pitch:.2f}) (target_f0_std {deviation * delivery.pitch * delivery.spread:.2f})"
    text = request.text.replace("\\", " ").replace('"', " ")
    return [
        f"(voice_{name})",
        f"(Parameter.set 'Duration_Stretch {delivery.stretch:.4f})",
        f"(set! int_lr_params '({pitch} (model_f0_mean 170) (model_f0_std 34)))",
        f'(pc_say "{text}" "{stem}")',
    ]


def _run(program: str, script: str, seconds: float) -> str:
    """What a script of commands prints."""
    with tempfile.NamedTemporaryFile("w", suffix=".scm", prefix="festival", encoding="ascii", errors="replace") as file:
        file.write(script)
        file.flush()
        try:
            done = subprocess.run([program, "-b", file.name], capture_output=True, timeout=seconds, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise TrainingError("festival does not answer; repair or remove it.", repr(error)) from error
    if done.returncode:
        raise TrainingError("festival failed; repair or remove it.", done.stderr.decode("utf-8", "replace"))
    return done.stdout.decode("utf-8", "replace")


def _read(folder: Path, number: int, request: Request) -> Spoken:
    try:
        rows = (folder / f"{number}.seg").read_text(encoding="ascii", errors="replace").splitlines()
        samples, rate = _samples(folder / f"{number}.wav")
    except (OSError, EOFError, wave.Error) as error:
        text = f"festival's voice '{request.voice.name}' could not say '{request.text}'; leave this voice out."
        raise TrainingError(text, repr(error)) from error
    symbols: list[Timed] = []
    words: list[Word] = []
    at = 0.0
    for row in rows:
        symbol, end_text, stress, in_syllable, in_word, *word = row.split()
        end, said = max(at, float(end_text) + _LATE), bool(word) and word[0] != "0"
        symbols.append(Timed(symbol, at, end, int(stress) if said else None))
        if said and (in_syllable, in_word) == ("0", "0"):
            words.append(Word(word[0], at, end))
        elif said and words:
            words[-1] = Word(words[-1].text, words[-1].start, end)
        at = end
    phones = arpabet(symbols, CMU, request.voice.full_name)
    return Spoken(samples, rate, *fitted(phones, words, len(samples) / rate))


def _samples(path: Path) -> tuple[npt.NDArray[np.float32], int]:
    with wave.open(str(path), "rb") as file:
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return data.astype(np.float32) / np.float32(32768), file.getframerate()
