from __future__ import annotations

import itertools
import math

import pytest

from pctalk_studio.analysis.speech.compare import AlignmentScore, compare_alignments, folded_timit
from pctalk_studio.core.speech import Alignment, Phone, Word


def alignment(phones: str, edges: list[float], words: list[tuple[str, float, float]]) -> Alignment:
    row = tuple(Phone(label, a, b) for label, a, b in zip(phones.split(), edges, edges[1:], strict=False))
    return Alignment(edges[-1], tuple(Word(*word) for word in words), row)


EXPERT = alignment(
    "SIL HH AH L OW DH EH R SIL", [0, 0.1, 0.2, 0.25, 0.3, 0.5, 0.55, 0.7, 0.8, 1.0], [("hello", 0.1, 0.5), ("there", 0.5, 0.8)]
)


def test_an_alignment_is_at_no_distance_from_itself():
    score = compare_alignments(EXPERT, EXPERT.words, EXPERT.phones)
    assert score.failures == 0
    assert score.word_errors == (0.0,) * 4
    assert score.phone_errors == (0.0,) * 8
    assert score.phones_within(0.0) == 1.0


def test_late_boundaries_have_positive_errors_and_replaced_phones_still_count():
    edges = [0, 0.11, 0.2, 0.25, 0.33, 0.5, 0.55, 0.7, 0.8, 1.0]
    found = alignment("SIL HH EH L OW DH EH R SIL", edges, [("Hello,", 0.11, 0.5), ("there", 0.5, 0.8)])
    score = compare_alignments(found, EXPERT.words, EXPERT.phones)
    assert score.word_errors == pytest.approx((0.01, 0.0, 0.0, 0.0))
    assert score.word_mean == pytest.approx(2.5)
    assert score.word_median == 0.0
    assert score.word_bias == pytest.approx(2.5)
    assert sorted(score.phone_errors) == pytest.approx([0, 0, 0, 0, 0, 0, 0.01, 0.03])
    assert score.phones_within(0.02) == pytest.approx(7 / 8)


def test_boundaries_beside_phones_that_one_side_lacks_are_not_compared():
    found = alignment("SIL HH L OW DH EH R SIL", [0, 0.1, 0.2, 0.3, 0.5, 0.55, 0.7, 0.8, 1.0], [])
    score = compare_alignments(found, EXPERT.words, EXPERT.phones)
    assert len(score.phone_errors) == 6
    assert score.failures == 2


def test_words_missing_or_not_said_are_failures_and_joined_words_are_matched():
    words = (Word("eye", 0.1, 0.2), Word("strain", 0.2, 0.5), Word("hurts", 0.5, 0.8))
    phones = EXPERT.phones
    joined = Alignment(1.0, (Word("eye-strain", 0.1, 0.51), Word("hurts", 0.5, 0.5, 0.0, said=False)), phones)
    score = compare_alignments(joined, words, phones)
    assert score.failures == 1
    assert score.word_errors == pytest.approx((0.0, 0.01))


def test_scores_of_recordings_add_up():
    one = AlignmentScore((0.01, -0.02), (0.03,), 1)
    both = one + AlignmentScore((0.03,), (), 2)
    assert both == AlignmentScore((0.01, -0.02, 0.03), (0.03,), 3)
    assert math.isnan(AlignmentScore((), (), 0).word_mean)


def test_closures_join_their_releases_and_pauses_each_other():
    labels = ["h#", "pau", "q", "ix", "tcl", "t", "bcl", "s", "dcl", "jh", "kcl", "h#"]
    folded = folded_timit([(0.1 * k, 0.1 * (k + 1), label) for k, label in enumerate(labels)])
    assert [phone.label for phone in folded] == ["SIL", "Q", "IH", "T", "B", "S", "JH", "K", "SIL"]
    assert folded[0].end == pytest.approx(0.2)
    assert (folded[3].start, folded[3].end) == pytest.approx((0.4, 0.6))
    assert all(one.end == pytest.approx(other.start) for one, other in itertools.pairwise(folded))
