"""Every portrait beside the checkout, driven to the limits of motion: nothing folds, rest is untouched, mouths close."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pctalk_studio.analysis.face import FaceNetworks, find_face
from pctalk_studio.core.errors import FaceError
from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH
from pctalk_studio.core.motion import MotionRow
from pctalk_studio.media.pictures import read_picture
from pctalk_studio.render.framing import Framing, frame_source
from pctalk_studio.render.mesh import MeshRenderer
from pctalk_studio.render.mesh.fields import MIN_DETERMINANT, determinants

REFUSED = {"animal_dog.png", "real_012.jpg", "solvay1927_group.jpg"}
"""No face, a face in profile, and a group whose faces must be chosen from."""


def rows(rig):
    """Closed lips, a wide open mouth, and motions drawn at random within what people do."""
    closing = MotionRow.rest().flat()
    closing[: KEYPOINT_COUNT * 3] = -rig.delta().ravel()
    closing[-4] = 1
    opened = closing.copy()
    opened[-4] = 0
    for name, drop in (("lip_lower_mid", 0.15), ("lip_lower_right", 0.11), ("lip_lower_left", 0.11), ("chin", 0.1)):
        opened[MESH.index(name) * 3 + 1] += drop
    random = np.random.default_rng(7)
    wild = []
    for _ in range(4):
        row = closing.copy()
        row[: KEYPOINT_COUNT * 3] += random.normal(0, 0.03, KEYPOINT_COUNT * 3)
        row[-14:-8] = random.uniform((-6, -8, -8, -0.1, -0.1, 0.95), (6, 8, 8, 0.1, 0.1, 1.05))
        row[-4:] = random.uniform(0, 1, 4)
        wild.append(row)
    return [MotionRow.of_flat(row.astype(np.float32)) for row in (closing, opened, *wild)]


@pytest.mark.slow
def test_no_portrait_tears_folds_or_stays_open(shared_media: Path):
    drawn = 0
    with FaceNetworks() as networks:
        for path in sorted((shared_media / "portraits").iterdir()):
            picture = read_picture(path)
            try:
                rig = find_face(picture.rgb, picture.content_hash, networks=networks)
            except FaceError:
                assert path.name in REFUSED
                continue
            source = frame_source(picture, rig, Framing(crop_to_face=True))
            engine = MeshRenderer().prepare(source)
            assert np.array_equal(engine.frame(MotionRow.rest()), source.picture), path.name
            for number, row in enumerate(rows(source.rig)):
                for sheet, forward in (*engine.fields(row), (engine.head, engine.head.forward(row.pose))):
                    trace, determinant = determinants(forward, sheet.grid.step)
                    seen = getattr(sheet, "valid", np.ones(trace.shape, bool))
                    assert (1 + trace + determinant)[seen].min() >= MIN_DETERMINANT - 1e-3, (path.name, number)
                assert engine.frame(row).shape == source.picture.shape
            lines = engine.driver.lines(engine.driver.pose(rows(source.rig)[0]).seen)
            assert np.abs(lines.upper - lines.lower).max() < 0.002, path.name
            drawn += 1
    assert drawn >= 50
