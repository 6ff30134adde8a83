from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.made_up_speech import STYLES, corpus, utterance

from pctalk_studio.core.errors import TrainingError
from pctalk_studio.nets.speech.audio_encoder import AudioEncoder
from pctalk_studio.nets.speech.models import EmcNetworks, LacForm, LacNetworks, load_sync
from pctalk_studio.nets.speech.motion_predictor import shipped_motion
from pctalk_studio.nets.speech.predictor import PredictorSettings, shifted
from pctalk_studio.nets.speech.sync import KeypointSync, seen_faces
from pctalk_studio.training.batches import Draws, DrawSettings
from pctalk_studio.training.corpus.motion import solve
from pctalk_studio.training.emc import CombinedTask, classes_of, leakage
from pctalk_studio.training.figures import correlation, lag_of, opening_of
from pctalk_studio.training.hearing import Listener
from pctalk_studio.training.lac import PredictorTask, PredictorTraining, fed_back, own_share
from pctalk_studio.training.loop import Loop, LoopSettings
from pctalk_studio.training.refining import RefinerTask, RefinerTraining
from pctalk_studio.training.runs import Budget, RunSettings, train_emc, train_lac, train_sync
from pctalk_studio.training.sync import SyncSettings, SyncTask, twins

pytestmark = pytest.mark.usefixtures("one_thread")

FORM = PredictorSettings(audio_size=32, size=32, heads=2, hidden=48, layers=1)
SPEECH = [utterance(n) for n in range(6)]
TINY = PredictorTraining(rows=6, frames=20, pool=8, renewed=0.0, held_out=2, steps=40)


def draws(**settings) -> Draws:
    return Draws(SPEECH, solve, DrawSettings(len(STYLES), augmented=False, **settings))


def lac() -> LacNetworks:
    torch.manual_seed(0)
    return LacNetworks(LacForm(STYLES, 2, FORM))


def losses_over(task, steps: int, folder: Path) -> tuple[dict[str, float], dict[str, float]]:
    """First and last losses of a short training."""
    loop = Loop(task, LoopSettings(steps=steps, rate=3e-3, warmup=5, validate=steps), folder)
    loop.run()
    rows = (folder / "curves.csv").read_text().splitlines()
    names = rows[0].split(",")
    pick = [dict(zip(names, row.split(","), strict=True)) for row in (rows[1], rows[-1])]
    return tuple({name: float(value) for name, value in row.items() if value} for row in pick)


def test_synchrony_is_learned(tmp_path: Path):
    torch.manual_seed(0)
    settings = SyncSettings(utterances=4, moments=6, pool=6, renewed=0.0, held_out=2, half=False)
    task = SyncTask(KeypointSync(AudioEncoder(2), 16), draws(dropped=1.0), draws(dropped=1.0, seed=1), settings)
    first, last = losses_over(task, 60, tmp_path)
    assert last["contrast"] < 0.75 * first["contrast"]
    assert last["expected"] < 0.8 * first["expected"]
    assert last["valid right"] > last["valid wrong"] + 0.1


def test_twins_are_found():
    lips = torch.zeros(3, 5, 27)
    lips[2, 1, 3] = 0.05
    assert twins(lips).tolist() == [[True, True, False], [True, True, False], [False, False, True]]


def test_the_predictor_learns_with_phones(tmp_path: Path):
    task = PredictorTask(lac(), draws(dropped=0.2), draws(dropped=0.0, edited=0.0), draws(dropped=1.0, edited=0.0), TINY)
    first, last = losses_over(task, 40, tmp_path)
    assert last["L_exp"] < 0.85 * first["L_exp"]
    assert last["valid opening with phones"] > 0.3
    assert abs(last["valid lag with phones"]) < 1.5


def test_feedback_goes_from_the_truth_to_the_predictors_own():
    assert own_share(0, TINY) == 0.0
    assert own_share(12, TINY) == pytest.approx((0.3 - 0.1) / 0.4)
    assert own_share(40, TINY) == 1.0
    networks = lac()
    torch.nn.init.normal_(networks.predictor.motion_out.weight, 0.0, 0.2)
    memory, condition, truth = torch.randn(3, 9, 32), torch.randn(3, 9, 32), torch.randn(3, 9, 63)
    still = PredictorTraining(noise=0.0)
    assert torch.equal(fed_back(networks.predictor, memory, condition, truth, 0.0, still), shifted(truth))
    own = fed_back(networks.predictor, memory, condition, truth, 1.0, still)
    with torch.no_grad():
        assert torch.equal(own, shifted(networks.predictor.roll(memory, condition)))
    assert not own.requires_grad


def test_the_refiner_learns_faces(tmp_path: Path):
    networks = lac()
    sync = KeypointSync(networks.audio_encoder, 16)
    training = RefinerTraining(rows=8, frames=9, pool=10, renewed=0.0, held_out=3)
    task = RefinerTask(networks, sync, draws(), draws(seed=2), training)
    kept = {name: tensor.clone() for name, tensor in networks.predictor.state_dict().items()}
    first, last = losses_over(task, 80, tmp_path)
    assert last["L_kp"] < 0.75 * first["L_kp"]
    assert {"L_sync", "L_reg", "L_vel", "L_style"} <= last.keys()
    assert all(torch.equal(tensor, kept[name]) for name, tensor in networks.predictor.state_dict().items())


def test_the_expert_sees_the_lower_half_in_bgr():
    pictures = torch.zeros(1, 5, 3, 96, 96)
    pictures[:, 2, 0, 48:] = 1.0
    seen = seen_faces(pictures)
    assert seen.shape == (1, 15, 48, 96)
    assert seen[0, 8, 4:].min() > 0.99
    assert seen.sum() == pytest.approx(float(seen[0, 8].sum()))


def test_emotions_are_learned_and_neutral_is_not_touched(tmp_path: Path):
    torch.manual_seed(0)
    networks = EmcNetworks(PredictorSettings(32, 32, 2, 48, 1, emotional=True))
    hearing = lac()
    task = CombinedTask(networks, hearing, draws(emotional=0.9), draws(emotional=1.0, seed=3), TINY)
    rows = hearing.styles.map.weight.detach().clone()
    first, last = losses_over(task, 40, tmp_path)
    assert last["L_exp of D_e"] < 0.8 * first["L_exp of D_e"]
    assert last["L_cls"] < first["L_cls"]
    assert last["valid energy missed"] < 1.0
    assert torch.equal(hearing.styles.map.weight, rows)


def test_classes_of_codes():
    codes = torch.zeros(3, 8)
    codes[1, 4], codes[2, 0] = 0.7, 0.3
    assert classes_of(codes).tolist() == [5, 4, 0]


def test_leakage_is_the_share_that_moves_as_speech_does():
    lip = solve(SPEECH[0], 0, 5, 0.0, 0).lip.reshape(-1, 63)
    still = np.ones_like(lip)
    assert leakage(still, lip) == pytest.approx(0.0, abs=1e-9)
    speech = opening_of(lip) - opening_of(lip).mean()
    assert leakage(speech[:, None] * np.ones((1, 63), np.float32), lip) == pytest.approx(1.0)
    noise = np.random.default_rng(0).normal(size=lip.shape).astype(np.float32)
    assert leakage(noise, lip) == pytest.approx(3 / len(lip), rel=0.5)


def test_lag_and_correlation_of_moved_motion():
    motion = np.sin(np.arange(80) / 3.0).astype(np.float32)
    assert correlation(motion, 2 * motion + 1) == pytest.approx(1.0)
    assert correlation(motion, np.ones(80, np.float32)) == 0.0
    assert lag_of(np.roll(motion, 2)[5:-5], motion[5:-5]) == pytest.approx(2.0, abs=0.1)
    assert lag_of(np.roll(motion, -1)[5:-5], motion[5:-5]) == pytest.approx(-1.0, abs=0.1)


def test_listening_to_a_part_is_a_part_of_listening():
    listener = Listener(AudioEncoder(2), half=False)
    heard = listener(draws(dropped=0.0)(0))
    whole = listener.whole(heard, 3)
    part = listener.windows([heard], [10], 8, 3)
    torch.testing.assert_close(part.audio, whole.audio[:, 10:24])
    torch.testing.assert_close(part.phones, whole.phones[:, 10:24])
    torch.testing.assert_close(part.lip, whole.lip[:, 10:18])
    beyond = listener.windows([heard], [-3], 8, 3)
    torch.testing.assert_close(beyond.audio[0, :3], torch.from_numpy(listener.silence).expand(3, -1))
    assert not beyond.lip[0, :3].any()


def test_emotions_outlast_the_sound():
    listener = Listener(AudioEncoder(2), half=False)
    heard = listener(draws(emotional=1.0)(0))
    frames = heard.spoken.frames
    beyond = listener.windows([heard], [frames - 4], 10, 3)
    last = torch.from_numpy(heard.spoken.emotional[-1])
    assert last.abs().max() > 0.01
    torch.testing.assert_close(beyond.emotional[0, 4:], last.expand(6, -1))
    assert not beyond.lip[0, 4:].any()


def test_from_a_corpus_to_weights_that_speak(tmp_path: Path):
    folder = corpus(tmp_path / "corpus", 4)

    def run(to: str, steps: int = 2, **more) -> RunSettings:
        return RunSettings(folder, tmp_path / to, steps=steps, validate=steps, pool=4, held_out=2, **more)

    train_sync(run("out"), width=2)
    sync = tmp_path / "out" / "sync.safetensors"
    first, second = train_lac(run("lac"), sync, refining=2)
    assert first.finished
    assert second.finished
    train_emc(run("lac"), tmp_path / "lac" / "lac.safetensors")
    motion = shipped_motion(tmp_path / "lac")
    assert motion.styles == STYLES
    train_sync(run("again", 1, begin_with=sync))
    assert load_sync(tmp_path / "again" / "sync.safetensors").audio_encoder.width == 2


def test_a_split_without_speech_is_said(tmp_path: Path):
    folder = corpus(tmp_path / "corpus", 0)
    with pytest.raises(TrainingError, match="nothing to train on"):
        train_sync(RunSettings(folder, tmp_path / "out", steps=1), width=2)


def test_minutes_are_shared():
    assert Budget(1.0).left() == pytest.approx(1.0, abs=0.1)
    assert Budget(0.0).left() == 0.0
