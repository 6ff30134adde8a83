"""Each network gives the published network's numbers when both hold the same weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from helpers import liveportrait_golden as golden
from helpers.liveportrait_weights import sample_keypoints, sample_picture, scrambled, synthetic_network

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
def test_warping_and_drawing():
    source, driving = sample_keypoints()
    volume = synthetic_network(Network.APPEARANCE)(sample_picture())
    warped = synthetic_network(Network.WARPING)(volume, k_driving=driving, k_source=source)
    golden.DEFORMATION.check(warped.deformation)
    golden.OCCLUSION.check(warped.occlusion)
    golden.MASK.check(warped.mask)
    golden.FEATURES.check(warped.features)
    golden.PICTURE.check(synthetic_network(Network.GENERATOR)(warped.features))
