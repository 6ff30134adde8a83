from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.analysis.speech.acoustic_model import english_model
from pctalk_studio.analysis.speech.features import (
    CEPSTRA,
    FILTERS,
    MODEL_STEP,
    Features,
    compute_features,
    filter_energies,
    mel_filters,
    suppress_noise,
)
from pctalk_studio.core.resources import resource_path


def spoken_sample() -> np.ndarray:
    samples, rate = soundfile.read(resource_path("sample/speech.flac"), dtype="float32")
    assert rate == 16000
    return samples


def voice(seconds: float, seed: int = 0) -> np.ndarray:
    """Voiced and noisy stretches, [-1, 1]."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * 16000)) / 16000
    tone = sum(np.sin(2 * np.pi * 120 * k * time) / k for k in range(1, 20))
    gate = np.sin(2 * np.pi * 2.1 * time) > 0
    return (0.1 * np.where(gate, tone, 0.0) + rng.normal(0, 0.03, len(time))).astype(np.float32)


def test_filters_have_unit_area_and_stay_in_the_band():
    filters = mel_filters()
    bin_hz = 16000 / 512
    assert filters.shape == (257, FILTERS)
    # Sampled at bins, a triangle with corners on bins keeps its area exactly.
    assert filters.sum(axis=0) * bin_hz == pytest.approx(np.ones(FILTERS), rel=1e-9)
    audible = np.flatnonzero(filters.sum(axis=1)) * bin_hz
    assert audible.min() > 100
    assert audible.max() < 6850


@given(st.integers(1, 4000), st.sampled_from([32, 40, 80, 160]))
def test_there_is_a_frame_for_every_begun_step(count, step):
    features = compute_features(voice(0.25)[:count], step)
    assert features.frames == -(-count // step)
    assert features.streams.shape == (3, features.frames, CEPSTRA)
    assert np.isfinite(features.streams).all()
    assert features.streams[0].mean(axis=0) == pytest.approx(np.zeros(CEPSTRA), abs=1e-3)


def test_steps_that_do_not_divide_the_models_are_refused():
    with pytest.raises(ValueError, match="divide"):
        compute_features(voice(0.1), 48)


def test_the_same_samples_give_the_same_features_even_for_digital_silence():
    silence = np.zeros(8000, np.float32)
    assert np.array_equal(compute_features(silence).streams, compute_features(silence).streams)
    assert np.isfinite(compute_features(silence).streams).all()


def test_loudness_of_the_whole_does_not_matter():
    loud, soft = compute_features(voice(1.0)), compute_features(voice(1.0) * np.float32(0.5))
    assert np.abs(loud.streams - soft.streams).mean() < 0.1


def test_noise_suppression_keeps_speech_and_lowers_steady_noise():
    rng = np.random.default_rng(1)
    noise = rng.exponential(1e4, (200, FILTERS))
    speech = noise.copy()
    speech[100:110] *= 1e4
    gains = suppress_noise(speech) / speech
    assert np.median(gains[150:]) < 0.6 * gains[101:110].mean()
    interleaved = suppress_noise(np.stack([speech, noise], axis=1))
    assert np.array_equal(interleaved[:, 0], suppress_noise(speech))
    assert np.array_equal(interleaved[:, 1], suppress_noise(noise))


def test_cepstra_and_scores_are_those_of_the_tools_that_trained_the_model(tmp_path: Path):
    import pocketsphinx

    samples = np.round(spoken_sample()[:24000] * 32767).astype(np.int16)
    samples[0] = 0  # they take what was before the recording for 0, we for its first sample
    config = {"mfclogdir": str(tmp_path), "senlogdir": str(tmp_path), "cmn": "batch", "dither": False, "compallsen": True}
    decoder = pocketsphinx.Decoder(**config, logfn=str(tmp_path / "log"), lm=None, allphone=None, keyphrase="hello")
    decoder.start_utt()
    decoder.process_raw(samples.tobytes(), no_search=False, full_utt=True)
    decoder.end_utt()
    theirs = np.frombuffer(next(tmp_path.glob("*.mfc")).read_bytes()[4:], ">f4").reshape(-1, CEPSTRA).astype(np.float64)

    energies = filter_energies(samples.astype(np.float64), MODEL_STEP)
    log_energies = np.log(suppress_noise(energies) + 1e-4)
    order = np.arange(CEPSTRA)
    basis = np.cos(np.pi / FILTERS * (np.arange(FILTERS)[:, None] + 0.5) * order) * np.sqrt(2.0 / FILTERS)
    basis[:, 0] *= np.sqrt(0.5)
    ours = (log_energies @ basis) * (1.0 + 11.0 * np.sin(np.pi * order / 22.0))
    count = min(len(ours), len(theirs)) - 1
    assert count > 140
    assert np.abs(ours[:count] - theirs[:count]).max() < 1e-3

    dump = next(tmp_path.glob("*.sen")).read_bytes()
    body = dump.index(b"endhdr\n") + len(b"endhdr\n") + 4
    model = english_model()
    table = np.frombuffer(dump[body:], "<i2").reshape(-1, len(model.codebook) + 1)[:, 1:].astype(np.float64)
    padded = np.pad(theirs - theirs.mean(axis=0), ((3, 3), (0, 0)), mode="edge")
    at = {shift: padded[3 + shift : 3 + shift + len(theirs)] for shift in range(-3, 4)}
    streams = np.stack([at[0], at[2] - at[-2], (at[3] - at[-1]) - (at[1] - at[-3])]).astype(np.float32)
    scores = model.score(Features(streams, MODEL_STEP), np.arange(len(model.codebook)))
    steps = 1024 * np.log(1.0001)
    differences = []
    for frame in range(5, count, 5):
        best = np.argsort(table[frame])[:20]
        theirs_worse = (table[frame, best] - table[frame, best[0]]) * steps
        differences.append(scores[frame, best[0]] - scores[frame, best] - theirs_worse)
    # Theirs are whole steps of 0.1 nats in each stream, and count four Gaussians of 128.
    assert np.mean(np.abs(differences) < 1.0) > 0.95
    assert abs(np.mean(differences)) < 0.3
