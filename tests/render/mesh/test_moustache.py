"""A mouth that opens under a moustache: hair hangs over it, and hardly a tooth shows."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from helpers import mouth_faces

from pctalk_studio.core.problems import LIPS_UNCLEAR, Problem
from pctalk_studio.render.mesh.moustache import SHARE, STRANDS, THICK
from pctalk_studio.render.mesh.mouth import MouthLayers


def bearded():
    """A face whose mouth lies under strands of hair."""
    picture, rig = mouth_faces.face()
    x, y = rig.landmarks[13, :2]
    grey = np.random.default_rng(4).normal(0, 1, (1, picture.shape[1])).astype(np.float32)
    strands = cv2.GaussianBlur(grey, (0, 0), 1.5)[0]
    tone = 110 + 45 * strands / strands.std()
    ys, xs = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]]
    cover = (np.abs(xs - x) < 0.4 * rig.scale) & (np.abs(ys - y) < 0.14 * rig.scale)
    hair = np.clip(tone[None, :, None] * np.array([1.0, 0.8, 0.6]), 0, 255)
    picture = np.where(cover[..., None], hair, picture).astype(np.uint8)
    return picture, replace(rig, problems=(Problem(LIPS_UNCLEAR, "The lips can hardly be made out."),))


def patches(drop=0.12):
    picture, rig = bearded()
    upper, lower = mouth_faces.curves(rig, lower_drop=drop)
    bare = MouthLayers.of(picture, replace(rig, problems=())).interior(upper, lower)
    hairy = MouthLayers.of(picture, rig).interior(upper, lower)
    return rig, bare, hairy


def test_hair_hangs_over_the_opening_and_leaves_its_lower_part():
    rig, bare, hairy = patches()
    assert bare.cover.shape == hairy.cover.shape
    middle = slice(bare.cover.shape[1] // 3, 2 * bare.cover.shape[1] // 3)
    lost = ((bare.cover > 250) & (hairy.cover < 128))[:, middle].sum(axis=0) / rig.scale
    assert lost.min() > 0.5 * THICK
    assert lost.max() < (THICK + STRANDS) * 1.1
    assert np.ptp(lost) > 0.3 * STRANDS  # a fringe, no straight edge
    low = (bare.cover.shape[0] * 2) // 3
    assert np.array_equal(bare.cover[low:, middle], hairy.cover[low:, middle])


@pytest.mark.parametrize("drop", [0.02, 0.05, 0.12])
def test_no_more_than_its_share_of_an_opening_is_hidden(drop):
    _, bare, hairy = patches(drop)
    middle = slice(bare.cover.shape[1] // 3, 2 * bare.cover.shape[1] // 3)
    seen = hairy.cover[:, middle].sum(axis=0) / bare.cover[:, middle].sum(axis=0)
    assert seen.min() > 1 - SHARE - 0.25
    assert seen.mean() > 1 - SHARE


def test_teeth_hide_behind_it():
    _, bare, hairy = patches()
    pale = [((patch.rgb.min(axis=2) > 90) & (patch.cover > 128)).sum() for patch in (bare, hairy)]
    assert pale[0] > 200
    assert pale[1] < 0.5 * pale[0]


def test_lips_that_can_be_seen_have_no_fringe():
    picture, rig = mouth_faces.face()
    assert MouthLayers.of(picture, rig).inside.fringe is None
