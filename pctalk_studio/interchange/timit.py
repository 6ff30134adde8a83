"""Hand labels of the TIMIT corpus: phones (.phn), words (.wrd) and the length of the recording beside them.

TIMIT labels a stop as closure and release and knows 61 symbols; here a stop is one phone that begins with its closure, and
symbols are folded to the 39 of ARPAbet after Lee and Hon (1989), except that flaps count as T and nasal flaps as N.
"""

from __future__ import annotations

import re
import wave
from collections.abc import Sequence
from pathlib import Path

from pctalk_studio.core.errors import InterchangeError
from pctalk_studio.core.speech import SILENCE, Alignment
from pctalk_studio.interchange.alignment_tiers import phones_of_intervals, words_of_intervals
from pctalk_studio.interchange.bounded import read_bounded
from pctalk_studio.interchange.phone_labels import known_phone
from pctalk_studio.interchange.textgrid import Interval, decode_text

_RATE = 16_000
_RELEASES = {"bcl": ("b",), "dcl": ("d", "jh"), "gcl": ("g",), "pcl": ("p",), "tcl": ("t", "ch"), "kcl": ("k",)}
_GLOTTAL_STOP = "q"
_LONGEST = 7 * 86_400 * _RATE
_LINE = re.compile(r"\s*(\d{1,18})\s+(\d{1,18})\s+(\S.*?)\s*")
_SPHERE_LENGTH = re.compile(rb"sample_count -i (\d{1,15})")


def read_timit(phn_path: Path) -> Alignment:
    """Read the hand labels of one utterance.

    Parameters
    ----------
    phn_path
        The ``.phn`` file; the ``.wrd`` and ``.wav`` files beside it are used where they are.

    Raises
    ------
    InterchangeError
        When a file is no list of "start end symbol" in samples, or holds symbols that TIMIT lacks.
    """
    name = str(phn_path)
    labels = _labels(phn_path)
    folded = _folded(labels)
    words_path = _beside(phn_path, ".wrd")
    words = words_of_intervals(_labels(words_path) if words_path else (), name)
    length = _length(_beside(phn_path, ".wav"))
    end = max([interval.end for interval in labels] + [word.end for word in words])
    duration = max(end, length / _RATE) if length else end
    phones = phones_of_intervals(folded, duration, name)
    return Alignment(duration, words, phones, 1.0, "imported")


def _beside(path: Path, suffix: str) -> Path | None:
    """The file of the same name with another suffix in lower or upper case."""
    candidates = (path.with_suffix(suffix), path.with_suffix(suffix.upper()))
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _labels(path: Path) -> list[Interval]:
    """Lines "start end symbol", in seconds."""
    found: list[Interval] = []
    for number, line in enumerate(decode_text(read_bounded(path, "label file"), str(path)).splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        start, end = (int(match[1]), int(match[2])) if match else (1, 0)
        if match is None or not start <= end <= _LONGEST:
            raise InterchangeError(f"Line {number} of '{path}' is no 'start end symbol' in samples; give TIMIT's own label file.")
        if found and start < found[-1].start * _RATE - 0.5:
            raise InterchangeError(f"Line {number} of '{path}' runs backwards in time; give TIMIT's own label file.")
        # Neighbouring words of TIMIT share a few samples now and then; the later one gives way.
        first = max(start / _RATE, found[-1].end) if found else start / _RATE
        found.append(Interval(first, max(first, end / _RATE), match[3]))
    if not found:
        raise InterchangeError(f"The label file '{path}' holds no labels; give TIMIT's own label file.")
    return found


def _folded(labels: Sequence[Interval]) -> list[Interval]:
    """Closures joined with their releases, glottal stops given to a neighbour."""
    joined: list[Interval] = []
    for n, label in enumerate(labels):
        symbol = label.text.lower()
        if symbol in _RELEASES and n + 1 < len(labels) and labels[n + 1].text.lower() in _RELEASES[symbol]:
            continue
        before = labels[n - 1] if n else None
        if before is not None and symbol in _RELEASES.get(before.text.lower(), ()):
            label = Interval(before.start, label.end, label.text)
        joined.append(label)
    return _without_glottal_stops(joined)


def _without_glottal_stops(labels: Sequence[Interval]) -> list[Interval]:
    kept: list[Interval] = []
    waiting: float | None = None
    for label in labels:
        if label.text.lower() == _GLOTTAL_STOP:
            if kept and not _is_silence(kept[-1]):
                kept[-1] = Interval(kept[-1].start, label.end, kept[-1].text)
            elif waiting is None:
                waiting = label.start
            continue
        kept.append(label if waiting is None or _is_silence(label) else Interval(waiting, label.end, label.text))
        waiting = None
    return kept


def _is_silence(label: Interval) -> bool:
    known = known_phone(label.text)
    return known is not None and known.labels[0][0] == SILENCE


def _length(path: Path | None) -> int:
    """Samples of the recording by its header (RIFF or NIST SPHERE); 0 when it cannot be told or is not at 16 kHz."""
    if path is None:
        return 0
    try:
        with path.open("rb") as stream:
            head = stream.read(1024)
        if head.startswith(b"NIST_1A"):
            match = _SPHERE_LENGTH.search(head)
            return min(int(match[1]), _LONGEST) if match else 0
        with wave.open(str(path), "rb") as sound:
            return min(sound.getnframes(), _LONGEST) if sound.getframerate() == _RATE else 0
    except (OSError, wave.Error, EOFError):
        return 0
