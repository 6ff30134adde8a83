from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.core.speech import SILENCE, Alignment, Phone, Word
from pctalk_studio.document import speech_edits as edits
from pctalk_studio.document.reanalysis import reanalysed
from pctalk_studio.document.speech_track import SHORTEST_PHONE, Owner, SpeechTrack, WordStyle

WORDS = {"a": ("AH",), "bee": ("B", "IY"), "duck": ("D", "AH", "K"), "too": ("T", "UW"), "purple": ("P", "ER", "P", "AH", "L")}


@st.composite
def alignments(draw: st.DrawFn, duration: float | None = None) -> Alignment:
    phones: list[Phone] = []
    words: list[Word] = []
    time = 0.0

    def add(label: str, length: float) -> None:
        nonlocal time
        phones.append(Phone(label, time, time + length, confidence=0.8))
        time += length

    add(SILENCE, draw(st.floats(0.05, 0.5)))
    for text in draw(st.lists(st.sampled_from(sorted(WORDS)), min_size=1, max_size=6)):
        start = time
        for label in WORDS[text]:
            add(label, draw(st.floats(0.02, 0.2)))
        words.append(Word(text, start, time, 0.8))
        if draw(st.booleans()):
            add(SILENCE, draw(st.floats(0.05, 0.4)))
    add(SILENCE, draw(st.floats(0.05, 0.6)))
    if duration is not None:
        factor = duration / time
        phones = [replace(p, start=p.start * factor, end=p.end * factor) for p in phones]
        phones[-1] = replace(phones[-1], end=duration)
        words = [replace(w, start=w.start * factor, end=w.end * factor) for w in words]
        time = duration
    return Alignment(time, tuple(words), tuple(phones))


tracks = alignments().map(SpeechTrack.of)


def edges(track: SpeechTrack) -> set[float]:
    return {phone.end for phone in track.phones[:-1]}


@given(alignments())
def test_a_track_keeps_the_analysis(alignment):
    track = SpeechTrack.of(alignment)
    assert track.alignment() == alignment
    assert {item.owner for item in (*track.words, *track.phones)} == {Owner.AUTOMATIC}


@given(tracks, st.data())
def test_a_boundary_moves_both_tracks_and_nothing_else(track, data):
    index = data.draw(st.integers(0, len(track.phones) - 2))
    edge = track.phones[index].end
    low, high = edits.boundary_range(track, edge)
    to = data.draw(st.floats(low, high))
    assume(to != edge)
    moved = edits.move_boundary(track, edge, to)
    assert edges(moved) == (edges(track) - {edge}) | {to}
    for before, after in zip(track.words, moved.words, strict=True):
        assert after.start == (to if before.start == edge else before.start)
        assert after.end == (to if before.end == edge else before.end)
    changed = [i for i, (a, b) in enumerate(zip(track.phones, moved.phones, strict=True)) if a != b]
    assert changed == [index, index + 1]
    assert all(moved.phones[i].owner is Owner.EDITED for i in changed)
    assert edits.move_boundary(moved, to, edge).alignment() == track.alignment()


@given(tracks, st.data())
def test_a_boundary_stops_at_its_neighbours(track, data):
    index = data.draw(st.integers(0, len(track.phones) - 2))
    edge = track.phones[index].end
    low, high = edits.boundary_range(track, edge)
    for beyond in (low - 0.005, high + 0.005):
        with pytest.raises(EditRejected, match="can be moved between"):
            edits.move_boundary(track, edge, beyond)


ROUNDING = 1e-9
"""Seconds by which what remains may be shorter than the shortest phone: a sum of edges is not exact."""

TIGHT = Alignment(
    0.425,
    (Word("a", 0.25, 0.375, 0.8),),
    (Phone(SILENCE, 0.0, 0.25), Phone("AH", 0.25, 0.375), Phone(SILENCE, 0.375, 0.425)),
)
"""Its last silence is 0.05 s long but for rounding: 0.04 s can just be taken from it."""


@given(tracks, st.integers(0, 40), st.floats(-0.04, 0.04))
@example(SpeechTrack.of(TIGHT), 0, 0.04)
@example(SpeechTrack.of(TIGHT), 0, 0.04 + 2 * ROUNDING)
def test_ripple_shifts_all_that_follows(track, number, shift):
    left, last = track.phones[number % (len(track.phones) - 1)], track.phones[-1]
    assume(abs(shift) > 1e-4)
    spare = min(left.end + shift - left.start, last.end - last.start - shift) - SHORTEST_PHONE
    if spare < -ROUNDING:
        with pytest.raises(EditRejected, match=r"too short|not enough silence"):
            edits.move_boundary(track, left.end, left.end + shift, ripple=True)
        return
    moved = edits.move_boundary(track, left.end, left.end + shift, ripple=True)
    assert moved.duration == track.duration
    for before, after in zip(track.phones, moved.phones, strict=True):
        assert after.start == pytest.approx(before.start + shift if before.start >= left.end else before.start)
    for before, after in zip(track.words, moved.words, strict=True):
        assert after.start == pytest.approx(before.start + shift if before.start >= left.end else before.start)
        assert after.end == pytest.approx(before.end + shift if before.end >= left.end else before.end)


@given(tracks, st.data())
def test_what_is_locked_is_never_touched(track, data):
    phone = data.draw(st.sampled_from(track.phones))
    locked = edits.set_owner(track, phone.id, Owner.LOCKED)
    middle = (phone.start + phone.end) / 2
    attempts = [
        lambda: edits.relabel_phone(locked, phone.id, "M"),
        lambda: edits.delete_phone(locked, phone.id),
        lambda: edits.split_phone(locked, phone.id, middle),
        lambda: edits.insert_phone(locked, "M", phone.start, phone.end),
    ]
    if phone.end < track.duration:
        attempts.append(lambda: edits.move_boundary(locked, phone.end, phone.end - 0.001))
        attempts.append(lambda: edits.move_boundary(locked, phone.end, phone.end - 0.001, ripple=True))
    for attempt in attempts:
        with pytest.raises(EditRejected):
            attempt()


@given(tracks, st.data())
def test_splitting_and_merging_undo_each_other(track, data):
    phone = data.draw(st.sampled_from([p for p in track.phones if p.end - p.start > 0.03]))
    at = data.draw(st.floats(phone.start + 0.011, phone.end - 0.011))
    split = edits.split_phone(track, phone.id, at)
    assert len(split.phones) == len(track.phones) + 1
    index = next(i for i, p in enumerate(split.phones) if p.id == phone.id)
    merged = edits.merge_phones(split, phone.id, split.phones[index + 1].id)
    assert merged.alignment() == track.alignment()


@given(tracks, st.data())
def test_an_inserted_phone_takes_its_span_and_no_more(track, data):
    host = max(track.phones, key=lambda phone: phone.end - phone.start)
    assume(host.end - host.start > 0.05)
    start = data.draw(st.floats(host.start + 0.011, host.start + 0.015))
    inserted = edits.insert_phone(track, "M", start, start + 0.012)
    assert [p.label for p in inserted.phones if start <= (p.start + p.end) / 2 < start + 0.012] == ["M"]
    whole = edits.insert_phone(track, "M", host.start, host.end)
    assert len(whole.phones) == len(track.phones)


@given(tracks, st.data())
def test_a_deleted_phone_leaves_its_time_to_a_neighbour(track, data):
    phone = data.draw(st.sampled_from(track.phones))
    after = edits.delete_phone(track, phone.id)
    assert len(after.phones) == len(track.phones) - 1
    assert phone.id not in {p.id for p in after.phones}


@given(tracks, st.data())
def test_a_deleted_word_is_silent(track, data):
    word = data.draw(st.sampled_from(track.words))
    after = edits.delete_word(track, word.id)
    inside = [p for p in after.phones if word.start <= (p.start + p.end) / 2 < word.end]
    assert {p.label for p in inside} == {SILENCE}
    assert word.id not in {w.id for w in after.words}
    with pytest.raises(EditRejected, match="no word"):
        after.word(word.id)


@given(tracks)
def test_words_split_merge_and_are_written_otherwise(track):
    word = max(track.words, key=lambda w: len(track.phones_of(w)))
    own = track.phones_of(word)
    assume(len(own) >= 2)
    split = edits.split_word(track, word.id, own[0].end, "one", "two")
    merged = edits.merge_words(split, word.id, track.next_id)
    assert (merged.word(word.id).start, merged.word(word.id).end) == (word.start, word.end)
    assert merged.word(word.id).text == "one two"
    assert edits.relabel_word(track, word.id, " new ").word(word.id).text == "new"
    with pytest.raises(EditRejected):
        edits.insert_word(track, "over", word.start, word.end)


@given(alignments(duration=3.0), alignments(duration=3.0), st.data())
def test_reanalysis_never_overwrites_what_a_person_did(first, second, data):
    track = SpeechTrack.of(first)
    style = WordStyle(open=1.4)
    styled = data.draw(st.sampled_from(track.words))
    track = edits.set_word_style(track, [styled.id], style)
    locked = data.draw(st.sampled_from(track.words))
    track = edits.set_owner(track, locked.id, Owner.LOCKED)
    phone = data.draw(st.sampled_from(track.phones))
    track = edits.set_owner(track, phone.id, Owner.EDITED)
    again = reanalysed(track, second)
    assert again.phone(phone.id) == track.phone(phone.id)
    assert again.word(locked.id) == track.word(locked.id)
    for own in track.phones_of(track.word(locked.id)):
        assert again.phone(own.id) == own
    assert again.phones[-1].end == 3.0
    assert reanalysed(again, second).alignment() == again.alignment()


@given(alignments())
def test_reanalysis_of_an_untouched_track_is_the_analysis_and_keeps_styles(alignment):
    track = SpeechTrack.of(alignment)
    style = WordStyle(purse=0.3)
    track = edits.set_word_style(track, [track.words[0].id], style)
    again = reanalysed(track, alignment)
    assert again.alignment() == alignment
    assert again.words[0].style == style
    assert [w.id for w in again.words] == [w.id for w in track.words]


def test_an_analysis_of_another_recording_is_refused():
    one = Alignment(1.0, (), (Phone(SILENCE, 0, 1.0),))
    other = Alignment(2.0, (), (Phone(SILENCE, 0, 2.0),))
    with pytest.raises(EditRejected, match="another recording"):
        reanalysed(SpeechTrack.of(one), other)


@pytest.mark.parametrize("change", [{"open": 2.1}, {"scale": -0.1}, {"edge": 0.6}])
def test_styles_have_limits(change):
    with pytest.raises(EditRejected):
        WordStyle(**change)
