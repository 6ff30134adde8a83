from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from helpers.made_up_speech import utterance
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.core.errors import TrainingError
from pctalk_studio.core.prediction import PHONE_CLASSES, phone_shares
from pctalk_studio.core.speech import Alignment
from pctalk_studio.training.augmentation import varied
from pctalk_studio.training.batches import Draws, DrawSettings, Pool, cut, phones_around
from pctalk_studio.training.corpus.motion import solve
from pctalk_studio.training.edits import SHORTEST, jittered, reworded, shifted
from pctalk_studio.training.identities import canonical_identity, random_identity, scale_of, spoken_by

SPEECH = [utterance(n) for n in range(4)]


def draws(**settings) -> Draws:
    return Draws(SPEECH, solve, DrawSettings(8, **settings))


def test_a_draw_is_a_function_of_seed_and_number():
    one, same = draws(seed=1, emotional=0.5)(17), draws(seed=1, emotional=0.5)(17)
    for name in ("mel", "phones", "lip", "emotional", "emotion"):
        np.testing.assert_array_equal(getattr(one, name), getattr(same, name))
    assert any(not np.array_equal(draws(seed=1)(n).mel, draws(seed=2)(n).mel) for n in range(3))


def test_motion_follows_the_phones_that_the_network_is_told():
    told = draws(dropped=0.0, edited=1.0, augmented=False)
    for number in range(12):
        item = told(number)
        unedited = [s for s in SPEECH if np.array_equal(s.mel.astype(np.float32), item.mel)]
        own = phone_shares(unedited[0].phones(), item.frames)
        assert not np.array_equal(own, item.phones)
        assert not np.array_equal(solve(unedited[0], item.style, 5, 0.0, number).lip.reshape(item.frames, -1), item.lip)


def test_phones_are_kept_from_the_network_as_often_as_asked():
    kept = [not draws(dropped=0.35)(number).phones.any() for number in range(300)]
    assert np.mean(kept) == pytest.approx(0.35, abs=0.09)
    assert all(draws(dropped=0.0)(number).phones.any() for number in range(20))


def test_sound_may_contradict_the_phones_but_never_the_motion():
    told = draws(dropped=0.0, edited=0.0, contradicted=1.0, augmented=False)
    silent = 0
    for number in range(20):
        item = told(number)
        sources = [
            s for s in SPEECH if np.array_equal(item.lip, solve(s, item.style, 5, 0.0, number).lip.reshape(item.frames, -1))
        ]
        assert len(sources) == 1
        assert item.mel.shape == sources[0].mel.shape
        own = phone_shares(sources[0].phones(), item.frames)
        np.testing.assert_array_equal(own, item.phones)
        silent += int(item.mel.max() <= -3.0)
    assert 4 <= silent <= 16


def test_unedited_draws_are_the_utterance():
    item = draws(dropped=0.0, edited=0.0, augmented=False)(3)
    source = next(s for s in SPEECH if np.array_equal(s.mel.astype(np.float32), item.mel))
    np.testing.assert_array_equal(item.lip, solve(source, item.style, 5, 0.0, 3).lip.reshape(item.frames, -1))
    assert not item.emotional.any()


def test_emotional_draws_have_an_emotion_and_its_motion():
    for number in range(8):
        item = draws(emotional=1.0)(number)
        assert item.emotion.sum() > 0.25
        assert item.emotional.any()


def test_an_empty_split_is_said():
    with pytest.raises(TrainingError, match="no utterance"):
        Draws([], solve, DrawSettings(8))


def test_a_pool_can_be_made_again_at_any_step():
    made: list[int] = []
    pool = Pool(lambda number: made.append(number) or number, size=5, renewed=0.5)
    assert [pool.at(step) for step in range(4)] == [[0, 1, 2, 3, 4], [0, 1, 2, 3, 4], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]]
    assert made == [0, 1, 2, 3, 4, 5]
    assert Pool(lambda number: number, 5, 0.5).at(40) == list(range(20, 25))


def test_cuts_beyond_the_ends_are_filled():
    rows = np.arange(8, dtype=np.float32).reshape(4, 2)
    np.testing.assert_array_equal(cut(rows, -1, 3, 9.0), [[9, 9], [0, 1], [2, 3]])
    np.testing.assert_array_equal(cut(rows, 3, 3), [[6, 7], [0, 0], [0, 0]])
    assert not cut(rows, 9, 2).any()
    known = np.eye(40, dtype=np.float32)[:2]
    assert phones_around(known, 1, 3)[1:, PHONE_CLASSES.index("SIL")].tolist() == [1.0, 1.0]
    assert not phones_around(np.zeros((2, 40), np.float32), 1, 3).any()


@given(st.integers(0, 2**31), st.sampled_from([0.005, 0.03, 0.2]))
def test_jitter_keeps_order_ends_and_shortest(seed: int, sigma: float):
    phones = utterance(seed % 7).phones()
    moved = jittered(phones, sigma, np.random.default_rng(seed))
    assert [p.label for p in moved] == [p.label for p in phones]
    assert moved[0].start == phones[0].start
    assert moved[-1].end == phones[-1].end
    for before, after in pairwise(moved):
        assert before.end == after.start
    lengths = [p.end - p.start for p, old in zip(moved, phones, strict=True) if old.end - old.start > 3 * SHORTEST]
    assert min(lengths) >= 0.0


@given(st.integers(0, 2**31), st.floats(-0.4, 0.4), st.floats(0.0, 1.0))
def test_other_words_and_shifts_leave_no_gap(seed: int, seconds: float, share: float):
    phones = utterance(seed % 7).phones()
    rng = np.random.default_rng(seed)
    for changed in (reworded(phones, share, rng), shifted(phones, seconds)):
        Alignment(phones[-1].end, (), changed)


def test_variations_move_nothing_in_time():
    mel = SPEECH[0].mel.astype(np.float32)
    loud = mel.mean(axis=1) > -2.0
    for seed in range(20):
        changed = varied(mel, np.random.default_rng(seed))
        assert changed.shape == mel.shape
        assert changed.min() >= -4.0
        assert changed.max() <= 4.0
        assert changed[loud].mean() > changed[~loud].mean() + 0.2


@pytest.mark.parametrize("seed", range(12))
def test_a_face_says_what_the_canonical_face_says(seed: int):
    identity = random_identity(np.random.default_rng(seed))
    delta = solve(SPEECH[0], 2, 5, 0.0, 0).lip
    said = spoken_by(delta, identity)
    np.testing.assert_allclose(scale_of(identity) * delta + identity.mouth.closing, said, atol=1e-6)
    assert 0.49 <= identity.mouth.width <= 0.60


def test_faces_differ_in_what_the_refiner_must_see():
    faces = [random_identity(np.random.default_rng(seed)) for seed in range(40)]
    gaps = [face.k_ori[1, 1] - face.k_ori[0, 1] for face in faces]
    usual = canonical_identity().k_ori
    assert max(gaps) - min(gaps) > 0.1
    assert np.std([face.mouth.width for face in faces]) > 0.02
    assert all(np.abs(face.k_ori - usual).max() < 0.35 for face in faces)
