"""Each network gives the published network's numbers when both hold the same weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from helpers import liveportrait_golden as golden
from helpers.liveportrait_weights import sample_keypoints, sample_picture, scrambled, synthetic_network

from pctalk_studio.nets.liveportrait.fast_generator import FastGenerator
from pctalk_studio.nets.liveportrait.fast_warping import FastWarping
from pctalk_studio.nets.liveportrait.layers import Plan
from pctalk_studio.nets.liveportrait.policy import CPU, Policy
from pctalk_studio.nets.liveportrait.pose import degrees_of_bins
from pctalk_studio.nets.names import Network


@pytest.fixture(autouse=True)
def _inference():
    with torch.inference_mode():
        yield


def test_the_weights_are_those_of_the_golden_numbers():
    first = scrambled("first.conv.weight", 5)
    np.testing.assert_allclose(first, [0.557524509, 0.936049114, -0.859520374, 0.378337875, 0.359742568], atol=1e-9)


def test_appearance():
    golden.VOLUME.check(synthetic_network(Network.APPEARANCE)(sample_picture()))


def test_motion():
    raw = synthetic_network(Network.MOTION)(sample_picture())
    golden.PITCH.check(raw.pitch)
    golden.YAW.check(raw.yaw)
    golden.ROLL.check(raw.roll)
    golden.TRANSLATION.check(raw.translation)
    golden.EXPRESSION.check(raw.expression)
    golden.SCALE.check(raw.scale)
    golden.CANONICAL.check(raw.canonical)
    degrees = [degrees_of_bins(logits.numpy())[0] for logits in (raw.pitch, raw.yaw, raw.roll)]
    np.testing.assert_allclose(degrees, golden.DEGREES, rtol=1e-4)


def test_stitching_eyes_and_lips():
    source, driving = (k.reshape(1, 63) for k in sample_keypoints())
    golden.STITCHING.check(synthetic_network(Network.STITCHING)(torch.cat([source, driving], 1)))
    golden.LIP.check(synthetic_network(Network.LIP)(torch.cat([source, torch.tensor([[0.1, 0.0]])], 1)))
    golden.EYE.check(synthetic_network(Network.EYE)(torch.cat([source, torch.tensor([[0.3, 0.32, 0.0]])], 1)))


@pytest.mark.slow
def test_warping_and_drawing_plain_and_fast():
    """The plain networks give the published numbers; the fast ones the same, each by itself and all the way from keypoints to
    pixels, and both are as close to the picture in float64."""
    source, driving = sample_keypoints()
    volume = synthetic_network(Network.APPEARANCE)(sample_picture())
    plain_warping, plain_generator = synthetic_network(Network.WARPING), synthetic_network(Network.GENERATOR)
    warped = plain_warping(volume, k_driving=driving, k_source=source)
    golden.DEFORMATION.check(warped.deformation)
    golden.OCCLUSION.check(warped.occlusion)
    golden.MASK.check(warped.mask)
    golden.FEATURES.check(warped.features)
    picture = plain_generator(warped.features)
    golden.PICTURE.check(picture)

    warping, generator = FastWarping(plain_warping, Plan.of(CPU)), FastGenerator(plain_generator, Plan.of(CPU))
    features = warping(warping.study(volume), k_driving=driving, k_source=source[0])
    golden.FEATURES.check(features.movedim(-1, 1).contiguous())
    assert float((features.movedim(-1, 1) - warped.features).abs().max()) < 1e-5
    assert float((generator(warped.features.movedim(1, -1).contiguous()) - picture).abs().max()) < 1e-5
    drawn = generator(features)
    golden.PICTURE.check(drawn)
    assert float((drawn - picture).abs().max()) < 1e-5
    exact = np.loadtxt(Path(__file__).with_name("exact_picture.txt")).reshape(3, 16, 16)
    off, plain_off = (np.abs(made[0, :, 16::32, 16::32].numpy() - exact).max() for made in (drawn, picture))
    assert off < 1e-5
    assert plain_off < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_half_precision_stays_within_a_hundredth(dtype):
    """What a tensor core gives: products of halves, summed up in float32. Over all pixels: 0.0070 and 0.0054."""
    source, driving = sample_keypoints()
    volume = synthetic_network(Network.APPEARANCE)(sample_picture())
    plain_warping, plain_generator = synthetic_network(Network.WARPING), synthetic_network(Network.GENERATOR)

    def drawn(policy: Policy) -> torch.Tensor:
        warping, generator = FastWarping(plain_warping, Plan.of(policy)), FastGenerator(plain_generator, Plan.of(policy))
        return generator(warping(warping.study(volume), k_driving=driving, k_source=source[0]))

    exact = plain_generator(plain_warping(volume, k_driving=driving, k_source=source).features)
    off = float((drawn(Policy(torch.device("cpu"), dtype)) - exact).abs().max())
    print(f"\n{dtype}: {off:.4f}")  # noqa: T201
    assert off < 1e-2
