from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pctalk_studio.analysis.speech.acoustic_model import AcousticModel, Place, english_model, read_model
from pctalk_studio.analysis.speech.features import CEPSTRA, Features
from pctalk_studio.core.speech import ARPABET, SILENCE


@pytest.fixture(scope="module")
def model() -> AcousticModel:
    return english_model()


def features_near_the_means(model: AcousticModel, frames: int) -> Features:
    rng = np.random.default_rng(3)
    mean = model.linear / (-2.0 * model.square)
    books = rng.integers(0, len(model.phones), frames)
    densities = rng.integers(0, mean.shape[2], frames)
    streams = np.stack([mean[books, stream, densities] for stream in range(3)]) + rng.normal(0, 0.5, (3, frames, CEPSTRA))
    return Features(streams.astype(np.float32), 160)


def test_all_phones_are_known_and_every_state_has_a_senone_of_its_own_phone(model):
    assert {*ARPABET, SILENCE} <= set(model.phones)
    assert model.stay.shape == (len(model.phones), 3)
    assert ((model.stay > 0) & (model.stay < 1)).all()
    for place in Place:
        for phone, left, right in (("AA", "B", "T"), ("T", "S", "R"), ("ZH", "ZH", "ZH")):
            senones = model.states(place, phone, left, right)
            assert (model.codebook[senones] == model.phones.index(phone)).all()


def test_contexts_that_training_saw_have_states_of_their_own_and_others_fall_back(model):
    alone = model.sequences[model.single[model.phones.index("AE")]]
    assert not np.array_equal(model.states(Place.INTERNAL, "AE", "K", "T"), alone)
    unseen = np.argwhere(model.contexts[Place.INTERNAL, model.phones.index("AE")] < 0)[0]
    left, right = (model.phones[number] for number in unseen)
    assert np.array_equal(model.states(Place.INTERNAL, "AE", left, right), alone)


def test_scores_follow_the_formula_of_a_tied_mixture(model):
    features = features_near_the_means(model, 6)
    senones = np.array([0, 40, 125, 300, 2500, 5000], np.int32)
    scores = model.score(features, senones)
    mean, variance = model.linear / (-2.0 * model.square), -0.5 / model.square
    for frame in range(features.frames):
        for column, senone in enumerate(senones):
            total = 0.0
            for stream in range(3):
                away = features.streams[stream, frame].astype(np.float64) - mean[:, stream]
                spread = variance[:, stream].astype(np.float64)
                logs = -0.5 * (away**2 / spread + np.log(2 * np.pi * spread)).sum(axis=-1)
                nearest = logs.max()
                own = np.maximum(logs[model.codebook[senone]], nearest - 96 * 1024 * np.log(1.0001))
                total += np.log((np.exp(own - nearest) * model.weights[stream, :, senone]).sum()) + nearest
            assert scores[frame, column] == pytest.approx(total, abs=2e-2)


def test_a_folder_with_other_files_is_refused(tmp_path: Path):
    (tmp_path / "mdef").write_text("no model")
    with pytest.raises(ValueError, match="binary model definition"):
        read_model(tmp_path)
