"""Segments, dominance and constraints: the rules of coarticulation, one by one."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.speech import Alignment, Phone, SpeechFacts, Word
from pctalk_studio.core.time import FrameRate
from pctalk_studio.deformation.lac.articulation import Articulation, articulate, frame_times, planned, target_openness, voiced
from pctalk_studio.deformation.lac.constraints import Window, closures, held
from pctalk_studio.deformation.lac.dominance import SOLVER_RATE, blended, grid, sampled, spread
from pctalk_studio.deformation.lac.loudness import LoudnessScale, jaw_gains
from pctalk_studio.deformation.lac.segments import Segment, rests, segments_of
from pctalk_studio.deformation.lac.targets import lip_targets
from pctalk_studio.document.project import Project

TARGETS = lip_targets()


def alignment(*phones: tuple[str, float] | tuple[str, float, int | None], words: tuple[Word, ...] = ()) -> Alignment:
    listed, edge = [], 0.0
    for label, length, *stress in phones:
        listed.append(Phone(label, edge, edge + length, stress[0] if stress else None))
        edge += length
    return Alignment(edge, words, tuple(listed))


def articulated(project: Project, speech: SpeechFacts) -> Articulation:
    plain = segments_of(speech.alignment, TARGETS)
    loud = voiced(plain, speech, project.follow_volume)
    return articulate(project, planned(project, speech.alignment.duration, plain, loud))


def segments(*phones, words: tuple[Word, ...] = ()) -> tuple[Segment, ...]:
    return segments_of(alignment(*phones, words=words), TARGETS)


def test_short_silences_are_bridged_middle_ones_relax_and_long_ones_rest():
    def silence(length: float) -> list[Segment]:
        return [s for s in segments(("AA", 0.2), ("SIL", length), ("AA", 0.2)) if s.target.phone == "SIL"]

    assert silence(0.1) == []
    assert 0 < silence(0.2)[0].open < 0.3 * TARGETS["AA"].open
    assert silence(0.3)[0].open < silence(0.2)[0].open
    assert silence(0.5)[0].open == 0
    assert rests(segments(("AA", 0.2), ("SIL", 0.5), ("AA", 0.2)), 0.9) == ((0.2, 0.7),)
    assert rests(segments(("AA", 0.2), ("SIL", 0.3), ("AA", 0.2)), 0.7) == ()
    assert rests((), 2.0) == ((0.0, 2.0),)


def test_diphthongs_fall_into_two_halves():
    first, second = segments(("AY", 0.2))
    assert (first.target.phone, second.target.phone) == ("AY1", "AY2")
    assert first.end == second.start == pytest.approx(0.116)


def test_unstressed_and_short_vowels_undershoot():
    full = segments(("AA", 0.1, 1))[0]
    assert full.open == TARGETS["AA"].open
    assert segments(("AA", 0.1, 0))[0].open == pytest.approx(0.65 * full.open)
    assert segments(("AA", 0.1, 2))[0].open == pytest.approx(0.85 * full.open)
    assert segments(("AA", 0.015, 1))[0].open == pytest.approx(0.5 * full.open)
    assert segments(("AH", 0.1, 0))[0].open < 0.75 * segments(("AH", 0.1, 1))[0].open


def test_tongue_consonants_take_their_lips_from_the_vowel_of_their_word():
    words = (Word("duke", 0.0, 0.3), Word("key", 0.3, 0.5))
    d, _, k, other, _ = segments(("D", 0.1), ("UW", 0.1), ("K", 0.1), ("K", 0.1), ("IY", 0.1), words=words)
    assert d.purse == k.purse == TARGETS["UW"].purse
    assert d.width == k.width == TARGETS["UW"].width
    assert (other.width, other.purse) == (TARGETS["IY"].width, 0.0)
    assert d.open == TARGETS["D"].open


def test_h_is_the_coming_vowel():
    h, vowel = segments(("HH", 0.06), ("AA", 0.1, 1))
    assert 0.7 * vowel.open < h.open < vowel.open
    assert h.width == vowel.width


def test_obstruents_move_the_jaw_as_far_as_they_have_time_to():
    short, long = segments(("T", 0.02), ("T", 0.08))
    assert short.weight_open < 0.5 * long.weight_open
    assert segments(("S", 0.02))[0].weight_open == TARGETS["S"].weight_open


def test_targets_are_approached_and_blends_stay_between_them():
    made = segments(("SIL", 0.4), ("IY", 0.3, 1), ("AA", 0.3, 1), ("SIL", 0.4))
    tracks = blended(made, 1.4)
    at = grid(1.4)
    assert tracks.open[np.searchsorted(at, 0.55)] == pytest.approx(TARGETS["IY"].open, abs=0.05)
    assert tracks.open[np.searchsorted(at, 0.85)] == pytest.approx(TARGETS["AA"].open, abs=0.05)
    assert tracks.open.min() >= 0
    assert tracks.open.max() <= TARGETS["AA"].open
    assert np.abs(np.diff(tracks.open)).max() * SOLVER_RATE <= 11.26


def test_rounding_starts_before_and_outlasts_its_vowel():
    made = segments(("SIL", 0.3), ("AA", 0.2, 1), ("UW", 0.2, 1), ("AA", 0.2, 1), ("SIL", 0.3))
    purse, at = blended(made, 1.2).purse, grid(1.2)
    assert purse[np.searchsorted(at, 0.46)] > 0.15
    assert purse[np.searchsorted(at, 0.74)] > 0.15
    assert purse[np.searchsorted(at, 0.30)] < 0.12


def test_blending_alone_does_not_close_the_lips_but_the_constraint_does(speech_of):
    speech = speech_of([("SIL", 0.4), ("AA", 0.1), ("B", 0.06), ("AA", 0.1), ("SIL", 0.4)])
    art = articulated(Project(follow_volume=0), speech)
    at = frame_times(1.06, FrameRate(Fraction(25)))
    inside = (at >= 0.5) & (at <= 0.56)
    assert art.shape.open[inside].min() > 0.02
    assert (art.shape.open * art.free)[inside].min() == 0


def test_teeth_come_together_for_sibilants_and_the_lip_is_tucked_for_f(speech_of):
    speech = speech_of([("SIL", 0.4), ("AA", 0.15), ("S", 0.12), ("AA", 0.15), ("F", 0.12), ("AA", 0.15), ("SIL", 0.4)])
    for scale in (1.0, 2.0):
        art = articulated(Project(lip_scale=scale), speech)
        at = frame_times(1.49, FrameRate(Fraction(25)))
        s, f = (at > 0.58) & (at < 0.64), (at > 0.84) & (at < 0.92)
        assert art.shape.jaw[s].max() <= 0.121
        assert art.shape.open[s].max() <= TARGETS["S"].limit + 1e-9
        assert art.shape.open[f].max() <= 0.11
        assert art.tuck[f].max() == 1.0


def test_tongue_rises_to_the_ridge_and_between_the_teeth(speech_of):
    speech = speech_of([("SIL", 0.4), ("N", 0.1), ("AA", 0.2), ("TH", 0.1), ("AA", 0.2), ("SIL", 0.4)])
    tongue = articulated(Project(), speech).tongue
    at = frame_times(1.4, FrameRate(Fraction(25)))
    assert 0.3 <= tongue[(at > 0.4) & (at < 0.5)].max() <= 0.6
    assert tongue[(at > 0.7) & (at < 0.8)].max() > 0.7
    assert tongue[(at > 0.56) & (at < 0.64)].max() < 0.2


@given(
    rate=st.fractions(min_value=12, max_value=120),
    start=st.floats(0.3, 0.5),
    length=st.floats(0, 0.25),
    before=st.floats(0.03, 0.3),
)
@settings(max_examples=60, deadline=None)
def test_a_closure_always_holds_an_output_frame_and_stays_near_its_label(rate, start, length, before):
    made = segments(("SIL", start), ("AA", before), ("P", length), ("AA", 0.2), ("SIL", 0.4))
    frame = 1 / float(rate)
    at = frame_times(start + before + length + 0.6, FrameRate(rate))
    (window,) = closures(made, at, frame)
    label = made[2]
    assert held([window], at).max() == 1.0
    assert window.start >= label.start - max(0.035, frame)
    assert window.end <= label.end + frame


def test_neighbouring_bilabials_close_once():
    made = segments(("SIL", 0.4), ("AA", 0.1), ("P", 0.07), ("M", 0.08), ("AE", 0.1), ("SIL", 0.4))
    windows = closures(made, frame_times(1.15, FrameRate(Fraction(25))), 0.04)
    assert len(windows) == 1
    assert windows[0].start <= 0.5
    assert windows[0].end >= 0.6


def test_windows_hold_inside_and_fade_on_their_ramps():
    at = np.array([0.0, 0.9, 0.95, 1.0, 1.1, 1.2, 1.25, 1.3, 2.0])
    level = held([Window(1.0, 1.2, 0.1, 0.1)], at)
    assert np.allclose(level, [0, 0, 0.5, 1, 1, 1, 0.5, 0, 0])
    assert not held([], at).any()


def test_sampling_a_frame_does_not_depend_on_the_others():
    values = np.sin(np.arange(200) / 7)
    times = np.arange(50) / 29.97
    whole = sampled(values, times, 1 / 29.97)
    assert np.array_equal(whole[17:23], sampled(values, times[17:23], 1 / 29.97))
    slow = np.sin(2 * np.pi * 3 * np.arange(200) / SOLVER_RATE)
    inside = (times > 0.2) & (times < 1.5)
    assert np.abs(sampled(slow, times, 1 / 25) - np.sin(2 * np.pi * 3 * times))[inside].max() < 0.05


def test_spreading_ranges_lists_every_pair():
    where, owner = spread(np.array([3, 7, 2]), np.array([5, 6, 3]))
    assert where.tolist() == [3, 4, 2]
    assert owner.tolist() == [0, 0, 2]


def test_loud_vowels_open_wider_as_far_as_wanted(speech_of):
    speech = speech_of([("AA", 0.2)] * 5, loud=lambda t: -30 + 20 * t)
    spans = np.array([[p.start, p.end] for p in speech.alignment.phones])
    followed = jaw_gains(speech, spans, 1.0)
    assert np.all(np.diff(followed) >= 0)
    assert followed[0] < 0.8 < 1.2 < followed[-1]
    assert followed.min() >= 0.35
    assert followed.max() <= 1.6
    assert np.allclose(jaw_gains(speech, spans, 0.5) - 1, (followed - 1) / 2)
    assert np.all(jaw_gains(speech, spans, 0.0) == 1)


def test_loudness_of_silence_and_of_nothing_changes_nothing(speech_of):
    quiet = speech_of([("SIL", 1.0)])
    assert LoudnessScale.of(quiet).spread == np.inf
    assert np.all(jaw_gains(quiet, np.array([[0.2, 0.4], [5.0, 6.0]]), 1.0) == 1.0)


def test_target_openness_asks_for_what_the_table_says():
    asked = target_openness(
        alignment(("SIL", 0.4), ("AA", 0.3, 1), ("M", 0.12), ("IY", 0.3, 1), ("SIL", 0.4)), FrameRate(Fraction(50))
    )
    at = np.arange(len(asked)) / 50
    assert asked.dtype == np.float32
    assert asked[at == 0.54] == pytest.approx(TARGETS["AA"].open, abs=0.01)
    assert asked[at == 0.98] == pytest.approx(TARGETS["IY"].open, abs=0.01)
    assert asked[(at >= 0.7) & (at <= 0.79)].max() == 0
    assert asked[(at <= 0.25) | (at >= 1.3)].max() < 1e-3
