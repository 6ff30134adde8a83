"""The judges: published sizes, strict loading, and what their parts compute."""

from __future__ import annotations

import pytest
import torch
from helpers.judge_weights import PUBLISHED, put_judge, random_state
from torch import nn
from torch.nn import functional

from pctalk_studio.core.errors import WeightsError
from pctalk_studio.nets.judges import judge_of
from pctalk_studio.nets.judges.emotion_fan import MEAD, EmotionFan, load_emotion_fan
from pctalk_studio.nets.judges.face_reconstruction import PARTS, load_face_reconstruction
from pctalk_studio.nets.judges.i3d import SamePool, Unit3D
from pctalk_studio.nets.judges.inception import MixedE
from pctalk_studio.nets.judges.syncnet import SyncNet
from pctalk_studio.nets.store import ModelStore

LEARNED = {
    "syncnet": 13_631_616,
    "inception": 23_850_960,
    "i3d": 12_697_264,
    "emotion_fan": 11_188_816,
    "face_reconstruction": 24_034_625,
}
"""Learned numbers in the published files."""


@pytest.mark.parametrize("name", list(PUBLISHED))
def test_networks_have_the_published_size(name):
    with torch.device("meta"):
        network = PUBLISHED[name][0]()
    assert sum(parameter.numel() for parameter in network.parameters()) == LEARNED[name]


def test_syncnet_is_read_unchanged_from_the_older_format(tmp_path):
    path = put_judge(ModelStore(tmp_path), "syncnet")
    read, original = judge_of(SyncNet, path), SyncNet().eval()
    original.load_state_dict(random_state(SyncNet))
    sound = torch.randn(2, 1, 13, 20)
    assert torch.equal(read.of_sound(sound), original.of_sound(sound))
    assert read.of_lips(torch.rand(1, 3, 5, 224, 224) * 255).shape == (1, 1024)
    assert not any(parameter.requires_grad for parameter in read.parameters())


def test_wrapped_files_are_unwrapped(tmp_path):
    store = ModelStore(tmp_path)
    fan = load_emotion_fan(put_judge(store, "emotion_fan"))
    assert fan.labels[0] == "happy"
    coefficients = load_face_reconstruction(put_judge(store, "face_reconstruction")).expression(torch.rand(1, 3, 224, 224))
    assert coefficients.shape == (1, PARTS[1])


def test_a_copy_trained_on_mead_has_eight_labels(tmp_path):
    path = tmp_path / "fan.pth"
    torch.save(random_state(lambda: EmotionFan(8)), path)
    assert load_emotion_fan(path).labels == MEAD


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda state: state.pop("netfclip.3.bias"), "lacks 'netfclip.3.bias'"),
        (lambda state: state.update(more=torch.zeros(1)), "holds besides its own 'more'"),
        (lambda state: state.update({"netfclip.3.bias": torch.zeros(9)}), r"\[9\] instead of \[1024\]"),
        (lambda state: state["netfclip.3.bias"].fill_(torch.nan), "holds numbers that are none"),
    ],
)
def test_what_is_not_the_network_is_refused_in_a_sentence(tmp_path, change, said):
    state = random_state(SyncNet)
    change(state)
    path = tmp_path / "syncnet_v2.model"
    torch.save(state, path)
    with pytest.raises(WeightsError, match=said):
        judge_of(SyncNet, path)


def test_attention_over_frames_follows_its_formula():
    torch.manual_seed(1)
    fan, frames = EmotionFan().eval(), torch.rand(5, 512)
    alpha = torch.sigmoid(frames @ fan.alpha[0].weight.T + fan.alpha[0].bias)
    mean = sum(a * f for a, f in zip(alpha, frames, strict=True)) / alpha.sum()
    pairs = [torch.cat([frame, mean]) for frame in frames]
    beta = [torch.sigmoid(fan.beta[0].weight @ pair + fan.beta[0].bias) for pair in pairs]
    weights = [a * b for a, b in zip(alpha, beta, strict=True)]
    expected = fan.pred_fc2(sum(w * p for w, p in zip(weights, pairs, strict=True)) / sum(weights))
    assert torch.allclose(fan.scores(frames), expected, atol=1e-5)


@pytest.mark.parametrize(("size", "wanted"), [(7, 4), (8, 4), (9, 5)])
def test_inflated_convolutions_pad_as_tensorflow_does(size, wanted):
    unit = Unit3D(1, 1, 7, 2, plain=True)
    nn.init.ones_(unit.conv3d.weight)
    nn.init.zeros_(unit.conv3d.bias)
    out = unit(torch.ones(1, 1, size, size, size))
    assert out.shape[2:] == (wanted,) * 3
    surplus = max(7 - (2 if size % 2 == 0 else size % 2), 0)
    first = min(size, 7 - surplus // 2)
    assert out[0, 0, 0, 0, 0] == first**3
    assert SamePool((1, 3, 3), (1, 2, 2))(torch.ones(1, 1, size, size, size)).shape[2:] == (size, wanted, wanted)


def test_only_the_very_last_branch_takes_the_largest():
    torch.manual_seed(0)
    mean, largest = MixedE(4, largest=False).eval(), MixedE(4, largest=True).eval()
    largest.load_state_dict(mean.state_dict())
    x = torch.rand(1, 4, 8, 8)
    first, second = mean(x), largest(x)
    assert torch.equal(first[:, :-192], second[:, :-192])
    pooled = functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
    assert torch.allclose(first[:, -192:], mean.branch_pool(pooled))
    assert torch.allclose(second[:, -192:], mean.branch_pool(functional.max_pool2d(x, 3, 1, 1)))
