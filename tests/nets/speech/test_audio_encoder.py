from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from pctalk_studio.core.errors import WeightsError
from pctalk_studio.nets.speech.audio_encoder import MEL_FLOOR, WINDOW, AudioEncoder, folded, mel_windows, window_starts
from pctalk_studio.nets.speech.sync import KeypointSync, PictureSync
from pctalk_studio.nets.speech.wav2lip import load_audio_encoder, load_picture_sync


def learned(encoder: torch.nn.Module) -> torch.nn.Module:
    """Batch normalisation with statistics of its own, as after training."""
    torch.manual_seed(3)
    for module in encoder.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0.0, 0.3)
            module.running_var.uniform_(0.3, 2.0)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, 0.0, 0.2)
    return encoder.eval()


def test_width_32_has_the_published_form():
    encoder = AudioEncoder(32)
    assert sum(p.numel() for p in encoder.parameters()) == 2_812_672
    assert encoder.eval()(torch.zeros(2, 1, 80, 16)).shape == (2, 512)


def test_the_lip_sync_expert_has_the_published_form():
    network = PictureSync()
    assert sum(p.numel() for p in network.face_encoder.parameters()) == 13_031_808
    assert sum(p.numel() for p in network.audio_encoder.parameters()) == 3_403_264
    heard, seen = network.eval()(torch.zeros(1, 1, 80, 16), torch.rand(1, 15, 48, 96))
    assert heard.shape == seen.shape == (1, 512)


def test_folding_changes_nothing():
    encoder = learned(AudioEncoder(4))
    windows = torch.randn(5, 1, 80, 16)
    with torch.no_grad():
        torch.testing.assert_close(folded(encoder)(windows), encoder(windows), atol=1e-5, rtol=1e-4)


def test_windows_are_centred_on_their_frames():
    middles = (window_starts(0, 1500) + WINDOW / 2) / 80
    assert np.abs(middles - np.arange(1500) / 25).max() <= 0.5 / 80 + 1e-12


def test_windows_of_a_part_are_those_of_the_whole():
    mel = np.random.default_rng(0).normal(size=(100, 80)).astype(np.float32)
    whole = mel_windows(mel, -3, 40)
    np.testing.assert_array_equal(mel_windows(mel, 10, 5), whole[13:18])
    assert np.all(whole[0, 0, :, : 18 - 8] == MEL_FLOOR)
    np.testing.assert_array_equal(whole[13, 0].T, mel[32 - 8 : 32 + 8])


def published(encoder: torch.nn.Module, prefix: str, own: str) -> dict[str, torch.Tensor]:
    return {name.replace(own, prefix, 1): tensor.clone() for name, tensor in encoder.state_dict().items()}


def test_published_weights_are_loaded_from_the_whole_model(tmp_path: Path):
    source = learned(AudioEncoder(32))
    content = {f"module.{name}": t for name, t in published(source, "audio_encoder.", "layers.").items()}
    path = tmp_path / "wav2lip.pth"
    torch.save({"state_dict": {**content, "module.output_block.1.weight": torch.zeros(3)}, "global_step": 5}, path)
    windows = torch.randn(2, 1, 80, 16)
    with torch.no_grad():
        torch.testing.assert_close(load_audio_encoder(path)(windows), source(windows), atol=0, rtol=0)


def test_a_fork_with_other_shapes_is_refused_with_the_shapes(tmp_path: Path):
    content = published(AudioEncoder(32), "audio_encoder.", "layers.")
    content["audio_encoder.0.conv_block.0.weight"] = torch.zeros(64, 1, 3, 3)
    save_file(content, tmp_path / "fork.safetensors")
    with pytest.raises(WeightsError, match=r"fork\.safetensors.*64x1x3x3 instead of 32x1x3x3"):
        load_audio_encoder(tmp_path / "fork.safetensors")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda content: content.pop("audio_encoder.3.conv_block.0.bias"), "lacks 'layers.3.conv_block.0.bias'"),
        (lambda content: content.update({"audio_encoder.13.conv_block.0.bias": torch.zeros(1)}), "must not"),
        (lambda content: content["audio_encoder.3.conv_block.0.bias"].fill_(float("nan")), "damaged"),
    ],
)
def test_what_is_not_the_encoder_is_refused(tmp_path: Path, change, says: str):
    content = published(AudioEncoder(32), "audio_encoder.", "layers.")
    change(content)
    save_file(content, tmp_path / "some.safetensors")
    with pytest.raises(WeightsError, match=says):
        load_audio_encoder(tmp_path / "some.safetensors")


def test_a_file_without_an_encoder_is_refused(tmp_path: Path):
    save_file({"face.weight": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(WeightsError, match="holds no audio encoder"):
        load_audio_encoder(tmp_path / "other.safetensors")
    with pytest.raises(WeightsError, match="holds no lip-sync expert"):
        load_picture_sync(tmp_path / "other.safetensors")


def test_the_lip_sync_expert_is_loaded_strictly(tmp_path: Path):
    source = learned(PictureSync())
    save_file({name: tensor.clone() for name, tensor in source.state_dict().items()}, tmp_path / "expert.safetensors")
    mel, faces = torch.randn(1, 1, 80, 16), torch.rand(1, 15, 48, 96)
    with torch.no_grad():
        torch.testing.assert_close(load_picture_sync(tmp_path / "expert.safetensors")(mel, faces), source(mel, faces))


def test_keypoint_synchrony_compares_unit_vectors():
    network = KeypointSync(AudioEncoder(2), size=8).eval()
    with torch.no_grad():
        heard = network.hear(network.audio_encoder(torch.randn(3, 1, 80, 16)))
        seen = network.see(torch.randn(3, 5, 27) * 0.05)
    for vectors in (heard, seen):
        torch.testing.assert_close(vectors.norm(dim=1), torch.ones(3))
