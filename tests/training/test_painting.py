"""Portraits drawn with gradients: the same pictures as the engine's, and lips that learn from them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from helpers.liveportrait_weights import TINY, synthetic_networks
from helpers.made_up_speech import STYLES, corpus, utterance
from helpers.mouth_faces import face

from pctalk_studio.core.errors import TrainingError, WeightsError
from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.motion import MotionRow
from pctalk_studio.core.resources import resource_path
from pctalk_studio.nets.liveportrait import CPU, LivePortraitModel, to_bytes
from pctalk_studio.nets.speech.models import LacForm, LacNetworks
from pctalk_studio.nets.speech.predictor import PredictorSettings
from pctalk_studio.nets.speech.refiner import LIPS
from pctalk_studio.nets.speech.sync import KeypointSync, PictureSync
from pctalk_studio.nets.store import ModelStore
from pctalk_studio.render.api import RenderSource
from pctalk_studio.render.liveportrait.engine import LivePortraitFace, LivePortraitRenderer
from pctalk_studio.render.liveportrait.workbench import Workbench
from pctalk_studio.training import painting
from pctalk_studio.training.batches import Draws, DrawSettings
from pctalk_studio.training.corpus.motion import solve
from pctalk_studio.training.losses import LacWeights
from pctalk_studio.training.painting import FACE_SIDE, PortraitPainter, Sitter, picture_synchrony, sitters_in
from pctalk_studio.training.refining import PictureSynchrony, RefinerTask, RefinerTraining
from pctalk_studio.training.runs import RunSettings, train_lac, train_sync

pytestmark = pytest.mark.usefixtures("one_thread")

SIDE = 128
FACES = (face(size=300), face(size=280, gap=0.05, roll=4.0))


@pytest.fixture(scope="module")
def networks():
    return synthetic_networks(TINY)


@pytest.fixture(scope="module")
def painter(networks) -> PortraitPainter:
    return PortraitPainter(networks, [Sitter.of(picture, rig, networks, SIDE) for picture, rig in FACES])


@pytest.fixture(scope="module")
def prepared(networks) -> list[LivePortraitFace]:
    engine = LivePortraitRenderer(Workbench(LivePortraitModel(networks, CPU)), "tiny").at(SIDE)
    return [engine.prepare(RenderSource(*each)) for each in FACES]


def spoken(seed: int) -> np.ndarray:
    """A deformation [21, 3] of lips and jaw, as large as in speech."""
    out = np.zeros((21, 3), np.float32)
    out[list(LIPS)] = np.random.default_rng(seed).normal(0.0, 0.03, (len(LIPS), 3))
    out[MESH.index("lip_lower_mid"), 1] += 0.08
    return out


def shut() -> np.ndarray:
    """A deformation that would push the lips through each other."""
    out = np.zeros((21, 3), np.float32)
    out[MESH.index("lip_lower_mid"), 1] = -0.2
    return out


def driven(painter: PortraitPainter, sitter: int, deformation: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(painter.identities[sitter].k_ori + deformation).reshape(1, -1)


@pytest.mark.parametrize("deformation", [spoken(0), spoken(1), 3 * spoken(2), shut(), np.zeros((21, 3), np.float32)])
@pytest.mark.parametrize("sitter", [0, 1])
def test_faces_are_driven_and_drawn_as_by_the_engine(painter, prepared, sitter, deformation):
    wanted = prepared[sitter]
    k_d, who = driven(painter, sitter, deformation), torch.tensor([sitter])
    row = replace(MotionRow.rest(), deformation=deformation)
    k_driven = wanted.driver.k_driven(row)
    k_driven = k_driven + wanted.bench.stitch_shift(wanted.driver.k_source, k_driven) - wanted.rest
    np.testing.assert_allclose(painter.keypoints(who, k_d)[0].numpy(), k_driven, atol=2e-6)
    frame = wanted.bench.draw_crop(wanted.name, wanted.crop, wanted.driver.k_source, k_driven)
    (mine,) = to_bytes(painter.drawn(who, k_d))
    assert np.abs(mine.astype(int) - frame).max() <= 1


def test_what_is_cut_out_is_the_face(painter):
    """Every portrait fills its picture, edge to edge of its landmarks, and lips that move change it."""
    rest = torch.stack([driven(painter, n, np.zeros((21, 3), np.float32)) for n in range(2)])
    moved = torch.stack([driven(painter, n, spoken(0)) for n in range(2)])
    who = torch.arange(2)
    one, other = painter(who, rest), painter(who, moved)
    assert one.shape == (2, 1, 3, FACE_SIDE, FACE_SIDE)
    for sitter in range(len(FACES)):
        left, top, right, bottom = painter._sitters[sitter].box
        assert -1 < left < right < 1
        assert -1 < top < bottom < 1
        whole = painter.drawn(torch.tensor([sitter]), rest[sitter])[0]
        side = whole.shape[1]
        x0, x1, y0, y1 = (round((edge + 1) / 2 * side) for edge in (left, right, top, bottom))
        cut = cv2.resize(whole[:, y0:y1, x0:x1].permute(1, 2, 0).numpy(), (24, 24), interpolation=cv2.INTER_AREA)
        seen = cv2.resize(one[sitter, 0].permute(1, 2, 0).numpy(), (24, 24), interpolation=cv2.INTER_AREA)
        assert np.corrcoef(cut.ravel(), seen.ravel())[0, 1] > 0.9
    assert (one - other).abs().max() > 0


def refined_by(pictures: PictureSynchrony | None) -> torch.Tensor:
    """Gradient of the refiner's last layer by L_sync alone, from a keypoint network to which all lips are alike."""
    torch.manual_seed(0)
    lac = LacNetworks(LacForm(STYLES, 2, PredictorSettings(audio_size=32, size=32, heads=2, hidden=48, layers=1)))
    sync = KeypointSync(lac.audio_encoder, 16)
    torch.nn.init.zeros_(sync.lip_encoder[-1].weight)
    speech = Draws([utterance(n) for n in range(4)], solve, DrawSettings(len(STYLES), augmented=False))
    weights = LacWeights(sync=1.0, kp=0.0, reg=0.0, vel=0.0, style=0.0)
    training = RefinerTraining(rows=6, frames=9, pool=6, renewed=0.0, held_out=1, weights=weights)
    task = RefinerTask(lac, sync, speech, speech, training, pictures)
    task.losses(0)["total"].backward()
    return lac.refiner.third.weight.grad


def test_lips_learn_from_pictures(painter, networks):
    torch.manual_seed(1)
    expert = PictureSync().eval().requires_grad_(False)
    assert not refined_by(None).any()
    assert refined_by(PictureSynchrony(painter, expert)).abs().sum() > 0
    assert all(parameter.grad is None for parameter in [*networks.generator.parameters(), *expert.parameters()])


def test_training_on_pictures_is_a_training_of_its_own(painter, tmp_path: Path):
    """The predictor is done; a refiner that learned from keypoints alone is no beginning for one that learns from pictures."""
    settings = RunSettings(corpus(tmp_path / "corpus", 4), tmp_path / "out", steps=1, validate=1, pool=4, held_out=1)
    train_sync(settings, width=2)
    sync = tmp_path / "out" / "sync.safetensors"
    train_lac(settings, sync, refining=2)
    by_keypoints = (tmp_path / "out" / "lac.safetensors").read_bytes()
    expert = PictureSync().eval().requires_grad_(False)
    _, outcome = train_lac(settings, sync, refining=1, pictures=PictureSynchrony(painter, expert, rows=1))
    assert (outcome.step, outcome.finished) == (1, True)
    assert (tmp_path / "out" / "lac.safetensors").read_bytes() != by_keypoints


def test_who_cannot_sit_is_named(tmp_path: Path, networks):
    with pytest.raises(TrainingError, match="holds no portraits"):
        sitters_in(tmp_path, networks)
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((200, 200, 3), 128, np.uint8))
    with pytest.raises(TrainingError, match=r"wall\.png' cannot sit"):
        sitters_in(tmp_path, networks)


def test_a_folder_of_portraits_and_the_published_expert(tmp_path: Path, networks, monkeypatch: pytest.MonkeyPatch):
    """As the command line puts them together; the networks are small, the portrait and the expert's file are real."""
    monkeypatch.setattr(ModelStore, "network_files", lambda store, faces: {})
    monkeypatch.setattr(painting, "load_networks", lambda files: networks)
    (tmp_path / "faces").mkdir()
    shutil.copy(resource_path("sample/portrait.jpg"), tmp_path / "faces" / "one.jpg")
    torch.save({"state_dict": PictureSync().state_dict()}, tmp_path / "lipsync_expert.pth")
    pictures = picture_synchrony(tmp_path / "faces", tmp_path / "lipsync_expert.pth", "cpu", ModelStore(tmp_path))
    (identity,) = pictures.painter.identities
    lips = torch.zeros(1, 5, 63, requires_grad=True)
    loss = pictures.loss(
        torch.tensor([0]), torch.from_numpy(identity.k_ori.reshape(1, 1, -1)) + lips, torch.full((1, 1, 80, 16), -4.0)
    )
    loss.backward()
    assert -1.0 <= float(loss.detach()) <= 0.0
    assert lips.grad.view(5, 21, 3)[:, MESH.index("lip_lower_mid")].any()


def test_missing_weights_are_told_before_anything_is_trained(tmp_path: Path):
    with pytest.raises(WeightsError, match="models fetch human"):
        picture_synchrony(tmp_path, tmp_path / "expert.pth", "cpu", ModelStore(tmp_path))
