"""Taking over a new analysis without losing what a person did: SpeechTrack + Alignment -> SpeechTrack.

Words and phones that are edited or locked stay where they are, with their time; what is automatic around them is replaced by the
new analysis, cut to the room that is left. Words that are found again keep their identity and their style.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.core.speech import SILENCE, Alignment, Word
from pctalk_studio.document.speech_track import SHORTEST_PHONE, Owner, PhoneItem, SpeechTrack, WordItem

_MOSTLY = 0.5
"""Share of a new word that must be free of kept words, in one stretch, for it to be taken over."""


@dataclass(frozen=True, slots=True)
class _Span:
    start: float
    end: float


def reanalysed(track: SpeechTrack, found: Alignment, start: float = 0.0, end: float | None = None) -> SpeechTrack:
    """Replace what is automatic between two times.

    Parameters
    ----------
    track
        As it is.
    found
        New analysis of the whole recording.
    start, end
        Seconds; everything when left out. Items that reach out of the range stay.

    Raises
    ------
    EditRejected
        When the analysis is of a recording of another length.
    """
    if abs(found.duration - track.duration) > SHORTEST_PHONE and track.phones:
        raise EditRejected("The new analysis is of another recording; replace the sound first.")
    if not track.phones:
        return replace(SpeechTrack.of(found), next_id=max(track.next_id, SpeechTrack.of(found).next_id))
    stop = track.duration if end is None else end
    words_kept = [w for w in track.words if w.owner is not Owner.AUTOMATIC or w.start < start or w.end > stop]
    in_kept_words = {phone.id for word in words_kept for phone in track.phones_of(word)}
    phones_kept = [
        p for p in track.phones if p.owner is not Owner.AUTOMATIC or p.id in in_kept_words or p.start < start or p.end > stop
    ]
    phones, next_id = _filled(phones_kept, found, track.duration, track.next_id)
    words, next_id = _words(track, words_kept, found, next_id)
    return replace(
        track,
        words=words,
        phones=phones,
        trust=found.trust,
        method=found.method,
        problems=found.problems,
        next_id=next_id,
    )


def _filled(kept: list[PhoneItem], found: Alignment, duration: float, next_id: int) -> tuple[tuple[PhoneItem, ...], int]:
    """Kept phones, and new ones in the gaps between them."""
    phones: list[PhoneItem] = []
    edge = 0.0
    for stay in (*kept, None):
        gap = _Span(edge, duration if stay is None else stay.start)
        if gap.end - gap.start > 1e-9:
            pieces = _pieces(gap, found)
            if pieces:
                for label, a, b, stress, confidence in pieces:
                    phones.append(PhoneItem(next_id, label, a, b, stress, confidence))
                    next_id += 1
        if stay is not None:
            phones.append(stay)
            edge = stay.end
    return tuple(phones), next_id


_Piece = tuple[str, float, float, int | None, float]


def _pieces(gap: _Span, found: Alignment) -> list[_Piece]:
    """New phones cut to a gap and covering it; parts too short to be phones go to their neighbour."""
    cut: list[_Piece] = []
    for phone in found.phones:
        a, b = max(phone.start, gap.start), min(phone.end, gap.end)
        if b - a >= SHORTEST_PHONE or (b > a and b - a >= 0.999 * phone.duration):
            cut.append((phone.label, a, b, phone.stress, phone.confidence))
    if not cut:
        return [(SILENCE, gap.start, gap.end, None, 1.0)]
    edges = [gap.start, *(piece[1] for piece in cut[1:]), gap.end]
    return [(label, edges[i], edges[i + 1], stress, c) for i, (label, _, _, stress, c) in enumerate(cut)]


def _words(track: SpeechTrack, kept: list[WordItem], found: Alignment, next_id: int) -> tuple[tuple[WordItem, ...], int]:
    """Kept words, and new ones beside them; those found again keep identity and style."""
    fresh = []
    for word in found.words:
        room = _room(kept, word)
        if room is not None:
            fresh.append(replace(word, start=room.start, end=room.end))
    replaced = [word for word in track.words if word not in kept]
    matcher = SequenceMatcher(None, [w.text.lower() for w in replaced], [w.text.lower() for w in fresh], autojunk=False)
    before = {block.b + i: replaced[block.a + i] for block in matcher.get_matching_blocks() for i in range(block.size)}
    words = list(kept)
    for i, word in enumerate(fresh):
        old = before.get(i)
        if old is None:
            words.append(WordItem(next_id, word.text, word.start, word.end, word.confidence, word.said))
            next_id += 1
        else:
            again = WordItem(old.id, word.text, word.start, word.end, word.confidence, word.said, old.owner, old.style)
            words.append(again)
    return tuple(sorted(words, key=lambda word: (word.start, word.end))), next_id


def _room(kept: list[WordItem], word: Word) -> _Span | None:
    """The longest stretch of a new word that no kept word covers; None when less than most of it is free."""
    if word.end == word.start:
        again = any(w.text == word.text and w.start - 1.0 < word.start < w.end + 1.0 for w in kept)
        covered = any(w.start < word.start < w.end for w in kept)
        return None if again or covered else _Span(word.start, word.end)
    free, edge = _Span(word.start, word.start), word.start
    for other in (*kept, None):
        stop = word.end if other is None else min(other.start, word.end)
        if stop - edge > free.end - free.start:
            free = _Span(edge, stop)
        edge = edge if other is None else max(edge, other.end)
    return free if free.end - free.start >= _MOSTLY * (word.end - word.start) else None
