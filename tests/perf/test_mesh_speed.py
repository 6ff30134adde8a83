"""The embedded engine's speed, as a multiple of one bicubic look-up of the whole picture on the same machine at the same time."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from helpers.mouth_faces import face

from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH
from pctalk_studio.core.motion import MotionRow
from pctalk_studio.render.api import RenderSource
from pctalk_studio.render.mesh import MeshRenderer

pytestmark = pytest.mark.perf


def talking():
    """An open mouth, raised brows, half a blink and a turned head: everything that costs time at once."""
    deformation = np.zeros((KEYPOINT_COUNT, 3), np.float32)
    for name, drop in (("lip_lower_mid", 0.1), ("lip_lower_right", 0.08), ("lip_lower_left", 0.08), ("chin", 0.08)):
        deformation[MESH.index(name), 1] = drop
    deformation[MESH.index("brow_inner_left"), 1] = -0.04
    rest = MotionRow.rest()
    return MotionRow(deformation, rest.pose + np.float32([1, 3, 1, 0.01, 0, 0]), np.float32([0.5, 0.5, 2, 0]), rest.mouth)


def best_of(count, work):
    """Least processor time of several runs, seconds."""
    times = []
    for _ in range(count):
        start = time.thread_time()
        work()
        times.append(time.thread_time() - start)
    return min(times)


@pytest.mark.parametrize(("size", "limit"), [(512, 2.0), (1024, 1.6)])
def test_a_frame_costs_little_more_than_one_bicubic_look_up(size, limit):
    cv2.setNumThreads(1)
    picture, rig = face(size=size)
    engine, row = MeshRenderer().prepare(RenderSource(picture, rig)), talking()
    positions = np.dstack(np.meshgrid(np.arange(size), np.arange(size))).astype(np.float32) + np.float32(0.3)
    engine.frame(row)
    ratios = []
    for _ in range(5):
        look_up = best_of(4, lambda: cv2.remap(picture, positions, None, cv2.INTER_CUBIC))
        ratios.append(best_of(4, lambda: engine.frame(row)) / look_up)
    assert min(ratios) <= limit, ratios
