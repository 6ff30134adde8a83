from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from pctalk_studio.core.errors import WeightsError
from pctalk_studio.core.prediction import (
    EMOTION_CLASSES,
    NEUTRAL,
    PHONE_CLASSES,
    ExpressionRequest,
    FacePoints,
    LipRequest,
    MotionPredictor,
    StyleCode,
)
from pctalk_studio.nets.speech.audio_encoder import AudioEncoder, mel_windows
from pctalk_studio.nets.speech.models import (
    EmcNetworks,
    LacForm,
    LacNetworks,
    load_emc,
    load_lac,
    load_sync,
    save_emc,
    save_lac,
    save_sync,
)
from pctalk_studio.nets.speech.motion_predictor import LearnedMotion, shipped_motion
from pctalk_studio.nets.speech.predictor import PredictorSettings
from pctalk_studio.nets.speech.refiner import LIPS
from pctalk_studio.nets.speech.sync import KeypointSync
from pctalk_studio.nets.speech.windows import HOP, OVERLAP, SpeechStream, fade, spoken

TINY = PredictorSettings(audio_size=32, size=16, heads=2, hidden=24, layers=2)
FACE = FacePoints(*np.random.default_rng(9).normal(0.0, 0.3, (2, 21, 3)).astype(np.float32))


def awake(module: torch.nn.Module) -> torch.nn.Module:
    torch.manual_seed(1)
    for name, parameter in module.named_parameters():
        if "audio_encoder" not in name:
            torch.nn.init.normal_(parameter, 0.0, 0.15)
    return module


@pytest.fixture(scope="module")
def networks() -> tuple[LacNetworks, EmcNetworks]:
    lac = awake(LacNetworks(LacForm(("Clear", "Wide"), 2, TINY)))
    emc = awake(EmcNetworks(PredictorSettings(**{**_fields(TINY), "emotional": True})))
    return lac, emc


def _fields(settings: PredictorSettings) -> dict[str, int]:
    return {name: getattr(settings, name) for name in PredictorSettings.__dataclass_fields__}


@pytest.fixture(scope="module")
def motion(networks: tuple[LacNetworks, EmcNetworks]) -> LearnedMotion:
    return LearnedMotion(*networks, "test")


def heard(frames: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    mel = rng.uniform(-4, 4, (1 + round(frames * 3.2), 80)).astype(np.float32)
    phones = np.eye(len(PHONE_CLASSES), dtype=np.float32)[rng.integers(40, size=frames)]
    return mel, phones


def felt(frames: int, *emotions: tuple[str, float]) -> np.ndarray:
    out = np.zeros((len(emotions), frames, 8), np.float32)
    for row, (name, intensity) in enumerate(emotions):
        out[row, :, EMOTION_CLASSES.index(name)] = intensity
    return out


def test_it_is_what_deformation_asks_for(motion: LearnedMotion):
    asked: MotionPredictor = motion
    lips = asked.lips(LipRequest(*heard(33), StyleCode("Wide"), FACE))
    assert lips.shape == (33, 21, 3)
    assert lips.dtype == np.float32
    assert not lips[:, [i for i in range(21) if i not in LIPS]].any()
    assert asked.styles == ("Clear", "Wide")
    assert asked.rest(StyleCode("Clear"), FACE).shape == (21, 3)


def test_equal_requests_give_equal_bits_in_any_order(motion: LearnedMotion, networks: tuple[LacNetworks, EmcNetworks]):
    requests = [LipRequest(*heard(30 + n, n), StyleCode("Clear"), FACE) for n in range(7)]
    first = [motion.lips(request) for request in requests]
    again = LearnedMotion(*networks, "test")
    for request, lips in reversed(list(zip(requests, first, strict=True))):
        np.testing.assert_array_equal(again.lips(request), lips)
        np.testing.assert_array_equal(motion.lips(request), lips)


@pytest.mark.parametrize("frames", [1, 7, 40, 50, 51, 90, 137])
def test_a_stream_gives_what_the_batch_gives(motion: LearnedMotion, frames: int):
    mel, phones = heard(frames)
    style = StyleCode("Wide")
    together = motion.lips(LipRequest(mel, phones, style, FACE))
    stream = motion.stream(style, FACE)
    silence = np.zeros((3, 40), np.float32)
    silence[:, -1] = 1.0
    rows = np.concatenate([silence, phones, silence])
    steps = [stream.step(window[0], row) for window, row in zip(mel_windows(mel, -3, frames + 6), rows, strict=True)]
    assert all(step is None for step in steps[:6])
    np.testing.assert_allclose(np.stack(steps[6:]), together, atol=1e-5)


def test_windows_have_no_seam(networks: tuple[LacNetworks, EmcNetworks]):
    predictor = networks[0].predictor
    torch.manual_seed(0)
    memory, condition = torch.randn(1, 16).repeat(200, 1), torch.randn(1, 1, 16).expand(1, 200, -1)
    with torch.no_grad():
        delta = spoken(predictor, memory, condition)[0]
    # Nothing changes in what is heard, so only the positions' period moves the face; no step at a seam is bigger than elsewhere.
    steps = delta.diff(dim=0).norm(dim=1)
    seams = [k for s in range(HOP, 190, HOP) for k in range(s - 1, s + OVERLAP)]
    inside = [k for k in range(30, 190) if k not in seams]
    assert steps[seams].max() <= 1.2 * steps[inside].max() + 1e-6
    assert fade()[0] < 0.03
    assert fade()[-1] > 0.97


def test_windows_joined_are_the_stream(networks: tuple[LacNetworks, EmcNetworks]):
    predictor = networks[0].predictor
    torch.manual_seed(2)
    memory, condition = torch.randn(131, 16), torch.randn(2, 131, 16)
    with torch.no_grad():
        together = spoken(predictor, memory, condition)
        for row in range(2):
            stream = SpeechStream(predictor)
            steps = torch.stack([stream.step(memory[t], condition[row, t]) for t in range(131)])
            torch.testing.assert_close(steps, together[row], atol=1e-5, rtol=0)


def test_neutral_is_exactly_nothing_and_emotions_are_not(motion: LearnedMotion):
    mel, phones = heard(60)
    emotions = felt(60, ("neutral", 1.0), ("happy", 1.0), ("happy", 0.0), ("sad", 0.5))
    out = motion.expression(ExpressionRequest(mel, phones, StyleCode("Clear"), emotions))
    assert out.shape == (4, 60, 21, 3)
    assert not out[[0, 2]].any()
    assert np.abs(out[1]).max() > 1e-4
    assert np.abs(out[3]).max() > 1e-4
    assert not motion.expression(ExpressionRequest(mel, phones, StyleCode("Clear"), emotions[[0]])).any()


def test_the_neutral_column_is_not_read(motion: LearnedMotion):
    mel, phones = heard(20)
    emotions = felt(20, ("angry", 0.8))
    plain = motion.expression(ExpressionRequest(mel, phones, StyleCode("Clear"), emotions))
    emotions[:, :, NEUTRAL] = 3.0
    np.testing.assert_array_equal(motion.expression(ExpressionRequest(mel, phones, StyleCode("Clear"), emotions)), plain)


def test_a_recording_is_listened_to_once(motion: LearnedMotion, monkeypatch: pytest.MonkeyPatch):
    mel, phones = heard(25, seed=77)
    motion.lips(LipRequest(mel, phones, StyleCode("Clear"), FACE))
    monkeypatch.setattr(motion, "_encoder", None)
    motion.lips(LipRequest(mel.copy(), phones[::-1].copy(), StyleCode("Wide"), FACE))
    motion.expression(ExpressionRequest(mel, phones, StyleCode("Clear"), felt(25, ("fear", 1.0))))


def test_a_row_of_the_table_and_its_embedding_are_one_style(motion: LearnedMotion, networks: tuple[LacNetworks, EmcNetworks]):
    mel, phones = heard(20)
    row = networks[0].styles.row(1).detach().numpy().copy()
    named = motion.lips(LipRequest(mel, phones, StyleCode("Wide"), FACE))
    np.testing.assert_array_equal(motion.lips(LipRequest(mel, phones, StyleCode(embedding=row), FACE)), named)
    found = motion.style_of(np.zeros((30, 21, 3), np.float32))
    assert found.embedding is not None
    assert found.embedding.shape == row.shape


def test_unknown_styles_are_refused_with_the_known_ones(motion: LearnedMotion):
    request = LipRequest(*heard(5), StyleCode("Yodel"), FACE)
    with pytest.raises(WeightsError, match="'Yodel'; choose from Clear, Wide"):
        motion.lips(request)
    with pytest.raises(WeightsError, match="learn it from its clip again"):
        motion.lips(LipRequest(*heard(5), StyleCode(embedding=np.zeros(3, np.float32)), FACE))


def test_files_give_the_same_networks_again(tmp_path: Path, networks: tuple[LacNetworks, EmcNetworks], motion: LearnedMotion):
    save_lac(tmp_path / "lac.safetensors", networks[0])
    save_emc(tmp_path / "emc.safetensors", networks[1])
    again = shipped_motion(tmp_path)
    request = LipRequest(*heard(44), StyleCode("Clear"), FACE)
    np.testing.assert_array_equal(again.lips(request), motion.lips(request))
    assert again.identity == shipped_motion(tmp_path).identity
    save_sync(tmp_path / "sync.safetensors", KeypointSync(AudioEncoder(2)))
    assert load_sync(tmp_path / "sync.safetensors").audio_encoder.width == 2


def _rewrite(path: Path, change) -> None:
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        header = dict(file.metadata())
    tensors = load_file(path)
    change(tensors, header)
    save_file(tensors, path, header)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda tensors, header: tensors.pop("styles.map.weight"), "lacks 'styles.map.weight'"),
        (lambda tensors, header: tensors.update(extra=torch.zeros(1)), "has the unknown 'extra'"),
        (lambda tensors, header: tensors.update({"styles.map.weight": torch.zeros(3, 3)}), r"\(3, 3\) instead of \(16, 2\)"),
        (lambda tensors, header: tensors["styles.map.weight"].fill_(float("inf")), "numbers that are none"),
        (lambda tensors, header: header.update(kind="emc"), "holds no 'lac' weights"),
        (lambda tensors, header: header.update(form="[]"), "holds no 'lac' weights"),
        (lambda tensors, header: header.update(form=json.dumps({"width": 10**9, "styles": []})), "'width' of 1000000000"),
        (lambda tensors, header: header.update(form=json.dumps({"width": 2})), "describes no network"),
    ],
)
def test_what_is_not_the_file_is_refused(tmp_path: Path, networks: tuple[LacNetworks, EmcNetworks], change, says: str):
    save_lac(tmp_path / "lac.safetensors", networks[0])
    _rewrite(tmp_path / "lac.safetensors", change)
    with pytest.raises(WeightsError, match=says):
        load_lac(tmp_path / "lac.safetensors")


def test_a_missing_file_is_said(tmp_path: Path):
    with pytest.raises(WeightsError, match=r"holds no 'lac.safetensors'"):
        shipped_motion(tmp_path)
    (tmp_path / "emc.safetensors").write_bytes(b"nothing")
    with pytest.raises(WeightsError, match=r"emc\.safetensors"):
        load_emc(tmp_path / "emc.safetensors")


def test_files_of_two_trainings_are_refused(tmp_path: Path, networks: tuple[LacNetworks, EmcNetworks]):
    save_lac(tmp_path / "lac.safetensors", networks[0])
    other = PredictorSettings(audio_size=16, size=16, heads=2, hidden=24, layers=2, emotional=True)
    save_emc(tmp_path / "emc.safetensors", EmcNetworks(other))
    with pytest.raises(WeightsError, match="files of one training"):
        shipped_motion(tmp_path)
