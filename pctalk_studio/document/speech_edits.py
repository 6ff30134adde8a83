"""Edits of words and phones: SpeechTrack -> SpeechTrack. Each succeeds whole or raises EditRejected and changes nothing.

What an edit touches becomes *edited*, so that re-analysis leaves it alone. What is *locked* is never touched. A phone edge that
is also a word edge moves both. Phones and words keep at least SHORTEST_PHONE; nothing is overwritten silently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.core.speech import SILENCE
from pctalk_studio.document.speech_track import (
    SAME_TIME,
    SHORTEST_PHONE,
    Owner,
    PhoneItem,
    SpeechTrack,
    WordItem,
    WordStyle,
)

_Item = TypeVar("_Item", PhoneItem, WordItem)

_ROUNDING = 1e-9
"""Seconds allowed for rounding when a length is compared with the shortest."""


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME_TIME


def _too_short(start: float, end: float) -> bool:
    return end - start < SHORTEST_PHONE - _ROUNDING


def _edited(item: _Item, start: float, end: float) -> _Item:
    """The item with other edges, and edited; itself where nothing changes.

    Raises
    ------
    EditRejected
        When it would change but is locked.
    """
    if item.start == start and item.end == end:
        return item
    _refuse_locked(item)
    return replace(item, start=start, end=end, owner=Owner.EDITED)


def _refuse_locked(item: PhoneItem | WordItem) -> None:
    if item.owner is Owner.LOCKED:
        name = item.label if isinstance(item, PhoneItem) else item.text
        raise EditRejected(f"'{name}' at {item.start:.3f} s is locked; unlock it first.")


def _neighbours(track: SpeechTrack, time: float) -> tuple[PhoneItem, PhoneItem]:
    for left, right in zip(track.phones, track.phones[1:], strict=False):
        if _same(left.end, time):
            return left, right
    raise EditRejected(f"There is no boundary between two phones at {time:.3f} s.")


def boundary_range(track: SpeechTrack, time: float) -> tuple[float, float]:
    """How far the boundary at a time may be moved without ripple: (earliest, latest) seconds.

    Raises
    ------
    EditRejected
        When there is no boundary between two phones.
    """
    left, right = _neighbours(track, time)
    low, high = left.start + SHORTEST_PHONE, right.end - SHORTEST_PHONE
    said = [word for word in track.words if word.said]
    for word in said:
        if _same(word.end, time):
            low = max(low, word.start + SHORTEST_PHONE)
            high = min([high, *(other.start for other in said if other.start > time + SAME_TIME)])
        if _same(word.start, time):
            high = min(high, word.end - SHORTEST_PHONE)
            low = max([low, *(other.end for other in said if other.end < time - SAME_TIME)])
    return low, high


def move_boundary(track: SpeechTrack, time: float, to: float, *, ripple: bool = False) -> SpeechTrack:
    """Move the boundary at a time, on the phone track and, where a word begins or ends there, on the word track with it.

    Parameters
    ----------
    track
        To be edited.
    time, to
        Seconds: where the boundary is, and where it should be.
    ripple
        Shift everything later by the same amount; the silence at the end gives or takes the difference.

    Raises
    ------
    EditRejected
        When there is no boundary, something there is locked, or a neighbour would become too short.
    """
    left, right = _neighbours(track, time)
    if ripple:
        return _rippled(track, left, to - left.end)
    low, high = boundary_range(track, time)
    if not low - _ROUNDING <= to <= high + _ROUNDING:
        raise EditRejected(f"The boundary can be moved between {low:.3f} and {high:.3f} s; {to:.3f} s is beyond.")
    edge = left.end
    phones = [_edited(phone, to if phone is right else phone.start, to if phone is left else phone.end) for phone in track.phones]
    words = [_edited(w, to if _same(w.start, edge) else w.start, to if _same(w.end, edge) else w.end) for w in track.words]
    return replace(track, phones=tuple(phones), words=tuple(words))


def _rippled(track: SpeechTrack, left: PhoneItem, shift: float) -> SpeechTrack:
    edge, last = left.end, track.phones[-1]
    if _too_short(left.start, edge + shift):
        raise EditRejected(f"'{left.label}' would become too short; move the boundary less.")
    if last.label != SILENCE or _too_short(last.start + shift, last.end):
        raise EditRejected("There is not enough silence at the end to shift everything later; turn ripple off.")

    def moved(time: float) -> float:
        return time + shift if time >= edge - SAME_TIME else time

    phones = [_edited(phone, moved(phone.start), phone.end if phone is last else moved(phone.end)) for phone in track.phones]
    words = [_edited(word, moved(word.start), moved(word.end)) for word in track.words]
    return replace(track, phones=tuple(phones), words=tuple(words))


def _replaced(items: tuple[_Item, ...], old: Sequence[_Item], new: Sequence[_Item]) -> tuple[_Item, ...]:
    """Items with a run of them exchanged for others."""
    at = items.index(old[0])
    return items[:at] + tuple(new) + items[at + len(old) :]


def split_phone(track: SpeechTrack, phone_id: int, at: float) -> SpeechTrack:
    """Split a phone in two of the same label.

    Raises
    ------
    EditRejected
        When it is locked, or a part would become too short.
    """
    phone = track.phone(phone_id)
    _refuse_locked(phone)
    if _too_short(phone.start, at) or _too_short(at, phone.end):
        raise EditRejected(f"'{phone.label}' cannot be split at {at:.3f} s; a part would be shorter than {SHORTEST_PHONE} s.")
    first = replace(phone, end=at, owner=Owner.EDITED)
    second = replace(phone, id=track.next_id, start=at, owner=Owner.EDITED)
    return replace(track, phones=_replaced(track.phones, [phone], [first, second]), next_id=track.next_id + 1)


def merge_phones(track: SpeechTrack, first_id: int, second_id: int) -> SpeechTrack:
    """Join two phones that follow one another; the first one's label stays.

    Raises
    ------
    EditRejected
        When one is locked or they do not follow one another.
    """
    first, second = track.phone(first_id), track.phone(second_id)
    if not _same(first.end, second.start):
        raise EditRejected(f"'{first.label}' and '{second.label}' do not follow one another; choose neighbours.")
    _refuse_locked(second)
    joined = _edited(first, first.start, second.end)
    return replace(track, phones=_replaced(track.phones, [first, second], [joined]))


def relabel_phone(track: SpeechTrack, phone_id: int, label: str, stress: int | None = None) -> SpeechTrack:
    """Say that a phone is another.

    Raises
    ------
    EditRejected
        When it is locked, or the label is no phone.
    """
    phone = track.phone(phone_id)
    _refuse_locked(phone)
    renamed = replace(phone, label=label, stress=stress, confidence=1.0, owner=Owner.EDITED)
    return replace(track, phones=_replaced(track.phones, [phone], [renamed]))


def insert_phone(track: SpeechTrack, label: str, start: float, end: float, stress: int | None = None) -> SpeechTrack:
    """Put a phone into one that is there; what is left of that on either side stays.

    Raises
    ------
    EditRejected
        When the span crosses a boundary, is too short or leaves a rest that is too short, or the phone there is locked.
    """
    if _too_short(start, end):
        raise EditRejected(f"A phone must be at least {SHORTEST_PHONE} s long; choose a longer span.")
    host = next((p for p in track.phones if p.start - SAME_TIME <= start and end <= p.end + SAME_TIME), None)
    if host is None:
        raise EditRejected(f"{start:.3f} to {end:.3f} s crosses a boundary; insert inside one phone.")
    _refuse_locked(host)
    start = host.start if _same(start, host.start) else start
    end = host.end if _same(end, host.end) else end
    parts, ids = [], iter((host.id, track.next_id + 1))
    for a, b in ((host.start, start), (end, host.end)):
        if a < b and _too_short(a, b):
            raise EditRejected(f"What is left of '{host.label}' would be too short; choose another span.")
        if a < b:
            parts.append(replace(host, id=next(ids), start=a, end=b, owner=Owner.EDITED))
    new = PhoneItem(track.next_id, label, start, end, stress, 1.0, Owner.EDITED)
    phones = _replaced(track.phones, [host], sorted([*parts, new], key=lambda phone: phone.start))
    return replace(track, phones=phones, next_id=track.next_id + 2)


def delete_phone(track: SpeechTrack, phone_id: int) -> SpeechTrack:
    """Delete a phone; the one before takes its time, or the one after where there is none before.

    Raises
    ------
    EditRejected
        When it or that neighbour is locked, or it is the only one.
    """
    phone = track.phone(phone_id)
    _refuse_locked(phone)
    at = track.phones.index(phone)
    if len(track.phones) == 1:
        raise EditRejected("The only phone cannot be deleted; relabel it instead.")
    if at:
        heir = track.phones[at - 1]
        return replace(track, phones=_replaced(track.phones, [heir, phone], [_edited(heir, heir.start, phone.end)]))
    heir = track.phones[1]
    return replace(track, phones=_replaced(track.phones, [phone, heir], [_edited(heir, phone.start, heir.end)]))


def relabel_word(track: SpeechTrack, word_id: int, text: str) -> SpeechTrack:
    """Write a word otherwise; its phones stay.

    Raises
    ------
    EditRejected
        When it is locked or the text is empty.
    """
    word = track.word(word_id)
    _refuse_locked(word)
    if not text.strip():
        raise EditRejected("A word cannot be empty; delete it instead.")
    renamed = replace(word, text=text.strip(), confidence=1.0, owner=Owner.EDITED)
    return replace(track, words=_replaced(track.words, [word], [renamed]))


def split_word(track: SpeechTrack, word_id: int, at: float, first: str, second: str) -> SpeechTrack:
    """Split a word at a phone boundary; both parts keep its style.

    Raises
    ------
    EditRejected
        When it is locked, a text is empty, or no phone boundary lies at that time inside the word.
    """
    word = track.word(word_id)
    _refuse_locked(word)
    _neighbours(track, at)
    if not first.strip() or not second.strip():
        raise EditRejected("Both parts of a word need a text; write one for each.")
    if _too_short(word.start, at) or _too_short(at, word.end):
        raise EditRejected(f"'{word.text}' cannot be split at {at:.3f} s; a part would be too short.")
    left = replace(word, text=first.strip(), end=at, owner=Owner.EDITED)
    right = replace(word, id=track.next_id, text=second.strip(), start=at, owner=Owner.EDITED)
    return replace(track, words=_replaced(track.words, [word], [left, right]), next_id=track.next_id + 1)


def merge_words(track: SpeechTrack, first_id: int, second_id: int) -> SpeechTrack:
    """Join two words that follow one another, and what lies between them; the first one's style stays.

    Raises
    ------
    EditRejected
        When one is locked or another word lies between them.
    """
    first, second = track.word(first_id), track.word(second_id)
    _refuse_locked(first)
    _refuse_locked(second)
    at = track.words.index(first)
    if at + 1 >= len(track.words) or track.words[at + 1] is not second:
        raise EditRejected(f"'{first.text}' and '{second.text}' do not follow one another; choose neighbours.")
    joined = replace(first, text=f"{first.text} {second.text}", end=max(first.end, second.end), owner=Owner.EDITED)
    return replace(track, words=_replaced(track.words, [first, second], [joined]))


def insert_word(track: SpeechTrack, text: str, start: float, end: float) -> SpeechTrack:
    """Lay a word over phones that belong to none.

    Raises
    ------
    EditRejected
        When the text is empty, or the span is too short, overlaps another word or leaves the recording.
    """
    if not text.strip():
        raise EditRejected("A word cannot be empty; write one.")
    if _too_short(start, end):
        raise EditRejected(f"A word must be at least {SHORTEST_PHONE} s long; choose a longer span.")
    new = WordItem(track.next_id, text.strip(), start, end, owner=Owner.EDITED)
    words = tuple(sorted((*track.words, new), key=lambda word: (word.start, word.end)))
    return replace(track, words=words, next_id=track.next_id + 1)


def delete_word(track: SpeechTrack, word_id: int) -> SpeechTrack:
    """Delete a word and silence its phones.

    Raises
    ------
    EditRejected
        When it or one of its phones is locked.
    """
    word = track.word(word_id)
    _refuse_locked(word)
    own = track.phones_of(word)
    for phone in own:
        _refuse_locked(phone)
    phones = tuple(replace(p, label=SILENCE, stress=None, owner=Owner.EDITED) if p in own else p for p in track.phones)
    words = tuple(other for other in track.words if other is not word)
    return replace(track, words=words, phones=phones)


def set_owner(track: SpeechTrack, item_id: int, owner: Owner) -> SpeechTrack:
    """Lock or unlock a word or phone, or give it back to re-analysis; a word takes its phones along.

    Raises
    ------
    EditRejected
        When there is neither a word nor a phone with that number.
    """
    word = next((word for word in track.words if word.id == item_id), None)
    chosen = {item_id} if word is not None else {track.phone(item_id).id}
    if word is not None:
        chosen |= {phone.id for phone in track.phones_of(word)}
    words = tuple(replace(w, owner=owner) if w.id in chosen else w for w in track.words)
    phones = tuple(replace(p, owner=owner) if p.id in chosen else p for p in track.phones)
    return replace(track, words=words, phones=phones)


def set_word_style(track: SpeechTrack, word_ids: Sequence[int], style: WordStyle) -> SpeechTrack:
    """Give words a style. Style is direction, not analysis: it does not make a word edited, and a lock does not prevent it.

    Raises
    ------
    EditRejected
        When a word does not exist.
    """
    chosen = {track.word(word_id).id for word_id in word_ids}
    return replace(track, words=tuple(replace(w, style=style) if w.id in chosen else w for w in track.words))
