"""Official files load strictly; whatever else a person may have instead gets one sentence."""

from __future__ import annotations

import json
import pickle
import re
import zipfile
from pathlib import Path

import pytest
import torch
from helpers.liveportrait_weights import FILES, TINY, sample_keypoints, synthetic_tensors, write_files
from safetensors.torch import save_file

from pctalk_studio.core.errors import WeightsError
from pctalk_studio.core.resources import model_path
from pctalk_studio.nets.liveportrait.checkpoints import build, fold_spectral_norm, load_network, official_shapes
from pctalk_studio.nets.liveportrait.networks import load_networks
from pctalk_studio.nets.names import Network

MANIFEST = Path(__file__).resolve().parents[4] / "shared" / "checkpoints" / "liveportrait_state_dict.json"
COUNTS = {"appearance": 107, "motion": 212, "warping": 97, "generator": 182, "stitching": 8, "eye": 12, "lip": 8}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    return {suffix: write_files(folder, suffix, TINY) for suffix in (".pth", ".safetensors")}


@pytest.mark.parametrize("network", Network)
def test_keys_and_shapes_are_the_published_ones(network):
    published = {
        key: tuple(shape) for key, shape in json.loads(model_path("liveportrait_tensors.json").read_text())[network].items()
    }
    assert official_shapes(build(network)) == published
    assert len(published) == COUNTS[network]


@pytest.mark.skipif(not MANIFEST.is_file(), reason="no manifest beside the checkout")
def test_the_shipped_manifest_is_that_of_the_official_files():
    official = json.loads(MANIFEST.read_text())
    shipped = json.loads(model_path("liveportrait_tensors.json").read_text())
    for network in Network:
        file = official[f"{FILES[network]}.pth"]
        assert shipped[network] == (file[network.section] if network.section else file)


@pytest.mark.parametrize("network", Network)
def test_both_kinds_of_file_give_the_same_network(files, network):
    one, other = (load_network(files[suffix][network], network, TINY).state_dict() for suffix in (".pth", ".safetensors"))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[key], other[key]) for key in one)
    assert not any("weight_" in key for key in one)


def test_all_seven_are_read_together_and_run(files):
    networks = load_networks(files[".pth"], TINY)
    source, driving = sample_keypoints()
    with torch.inference_mode():
        volume = networks.appearance(torch.rand(1, 3, 128, 128))
        picture = networks.generator(networks.warping(volume, k_driving=driving, k_source=source).features)
    assert picture.shape == (1, 3, 256, 256)
    assert not any(p.requires_grad for p in networks.generator.parameters())


def test_the_folded_weight_is_divided_by_its_largest_singular_value():
    w = (
        torch.linalg.qr(torch.randn(6, 6))[0]
        @ torch.diag(torch.tensor([7.0, 3, 2, 1, 1, 1]))
        @ torch.linalg.qr(torch.randn(6, 6))[0]
    )
    u, s, vh = torch.linalg.svd(w)
    folded = fold_spectral_norm({"c.weight_orig": w.view(6, 6, 1, 1), "c.weight_u": u[:, 0], "c.weight_v": vh[0], "c.bias": s})
    assert folded.keys() == {"c.weight", "c.bias"}
    torch.testing.assert_close(torch.linalg.matrix_norm(folded["c.weight"].view(6, 6), 2), torch.tensor(1.0))


def refused(path, network=Network.APPEARANCE, sizes=TINY) -> str:
    with pytest.raises(WeightsError) as caught:
        load_network(path, network, sizes)
    text = caught.value.user_text
    assert str(path) in text
    assert text.endswith(".")
    assert len(re.findall(r"\.\s", text + " ")) == 1, f"one sentence: {text}"
    return text


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:5279bb\nsize 3387959\n", "Git-LFS pointer"),
        (b"\n<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b"", "empty"),
        (b"just a few words", "no PyTorch checkpoint|damaged"),
    ],
)
def test_what_is_downloaded_instead_of_weights(tmp_path, suffix, content, said):
    path = tmp_path / f"weights{suffix}"
    path.write_bytes(content)
    assert re.search(said, refused(path))


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("part", [0.03, 0.5, 0.9, 0.999])
def test_a_file_cut_short(files, tmp_path, suffix, part):
    whole = files[suffix][Network.APPEARANCE].read_bytes()
    path = tmp_path / f"weights{suffix}"
    path.write_bytes(whole[: int(len(whole) * part)])
    assert "cut short or damaged" in refused(path)


def test_missing_files_and_foreign_formats(tmp_path):
    assert "no weights at" in refused(tmp_path / "none.pth")
    (tmp_path / "weights.onnx").write_bytes(b"onnx")
    assert ".safetensors" in refused(tmp_path / "weights.onnx")
    assert "Cannot read" in refused(tmp_path)


def test_the_file_of_another_network_is_named(files):
    assert "motion extractor" in refused(files[".pth"][Network.MOTION])
    assert "none of its weights" in refused(files[".pth"][Network.LIP])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.pop("second.bias"), "lacks 'second.bias'"),
        (lambda t: t.update(extra=torch.ones(1)), "has 'extra' too much"),
        (lambda t: t.update({"second.bias": torch.ones(3)}), r"'second.bias' has the shape \[3\] instead of \[16\]"),
        (lambda t: t["second.bias"].fill_(float("nan")), "no numbers"),
        (lambda t: t.update({"second.bias": torch.ones(16, dtype=torch.int32)}), "int32"),
    ],
)
def test_another_version_is_told_from_the_published_one(tmp_path, change, said):
    tensors = synthetic_tensors(Network.APPEARANCE, TINY)
    change(tensors)
    for path in (tmp_path / "a.pth", tmp_path / "a.safetensors"):
        torch.save(tensors, path) if path.suffix == ".pth" else save_file(tensors, path)
        assert re.search(said, refused(path))


def test_half_precision_and_trainable_tensors_are_taken_as_numbers(tmp_path):
    tensors = synthetic_tensors(Network.GENERATOR, TINY)
    torch.save({key: torch.nn.Parameter(tensor.half()) for key, tensor in tensors.items()}, tmp_path / "g.pth")
    network = load_network(tmp_path / "g.pth", Network.GENERATOR, TINY)
    assert {tensor.dtype for tensor in network.state_dict().values()} == {torch.float32}
    assert not any(parameter.requires_grad for parameter in network.parameters())
    torch.testing.assert_close(network.state_dict()["fc.weight"], tensors["fc.weight"], atol=1e-3, rtol=1e-3)


def test_a_spectral_norm_of_zero_is_refused(tmp_path):
    tensors = synthetic_tensors(Network.GENERATOR, TINY)
    tensors["up_0.conv_s.weight_u"].zero_()
    torch.save(tensors, tmp_path / "g.pth")
    assert "spectral norm" in refused(tmp_path / "g.pth", Network.GENERATOR)


class Trap:
    def __init__(self, flag):
        self.flag = flag

    def __reduce__(self):
        return (open, (str(self.flag), "w"))


def test_a_pickle_that_would_run_something_is_named_and_not_run(tmp_path):
    path, flag = tmp_path / "a.pth", tmp_path / "ran"
    torch.save({"first.conv.weight": Trap(flag)}, path)
    assert "asks to run" in refused(path)
    path.write_bytes(pickle.dumps(Trap(flag)))
    assert "no PyTorch checkpoint" in refused(path)
    assert not flag.exists()


def test_archives_that_hold_no_tensors(tmp_path):
    path = tmp_path / "a.pth"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", b"\0" * 10_000_000)
    assert "packed archive" in refused(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "without tensors" in refused(path)
    torch.save([torch.ones(3)], path)
    assert "no named tensors" in refused(path)
