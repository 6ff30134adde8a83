from __future__ import annotations

from fractions import Fraction

import numpy as np

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.keypoints import LANDMARK_COUNT
from pctalk_studio.core.motion import Motion, rotation_of
from pctalk_studio.core.time import FrameRate
from pctalk_studio.interchange.motion_file import write_motion


def test_the_parts_in_the_file_add_up_to_k_d(tmp_path):
    rng = np.random.default_rng(3)
    shape = rng.normal(0, 0.5, (LANDMARK_COUNT, 3)).astype(np.float32)
    rotation, translation = rotation_of(2, 5, -3), np.array([200.0, 180.0, 0.0])
    landmarks = (90 * (shape @ rotation) + translation).astype(np.float32)
    rig = FaceRig("h", (400, 360), landmarks, rotation, 90.0, translation, shape, shape, "mesh", 1.0)
    lip, emotion = (rng.normal(0, 0.05, (5, 21, 3)).astype(np.float32) for _ in range(2))
    pose = np.tile(np.array([0, 0, 0, 0, 0, 1], np.float32), (5, 1))
    channels = np.zeros((5, 4), np.float32)
    motion = Motion(FrameRate(Fraction(30000, 1001)), lip, emotion, pose, channels, channels, np.zeros(5, np.float32))

    write_motion(tmp_path / "motion.npz", motion, rig)

    with np.load(tmp_path / "motion.npz", allow_pickle=False) as file:
        driven = file["K_ori"] + file["scale"] * ((file["D_l"] + file["D_e"]) @ rotation)
        assert np.allclose(driven, file["K_d"], atol=1e-3)
        assert Fraction(*(int(part) for part in file["rate"])) == Fraction(30000, 1001)
        assert len(file["keypoint_names"]) == 21
        assert np.isclose(file["time"][4], 4 * 1001 / 30000)
