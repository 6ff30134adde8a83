"""How long both eyes take, against one blur of the frame: ``python -m pytest -m perf -n 0 -s tests/perf``."""

from __future__ import annotations

import sys
import timeit

import cv2
import numpy as np
import pytest
from helpers.drawn_eyes import face

from pctalk_studio.render.mesh.eyes import EyeLayers


@pytest.mark.perf
def test_both_eyes_cost_less_than_a_blur_of_the_frame():
    picture, rig = face(512, 123.0)
    layers, canvas, vertices = EyeLayers.of(picture, rig), picture.copy(), rig.landmarks[:, :2].copy()
    raised = vertices.copy()
    raised[[159, 386], 1] -= 1.5
    wide = np.asarray(picture, np.float32)

    def cost(work) -> float:
        return min(timeit.repeat(work, number=10, repeat=40)) / 10

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        unit = cost(lambda: cv2.GaussianBlur(wide, (0, 0), 4))
        rows = {
            "rest": (vertices, 0, 0, 0, 0),
            "blink": (vertices, 0.4, 0.4, 0, 0),
            "gaze": (vertices, 0, 0, 6, 3),
            "lids": (raised, 0, 0, 0, 0),
            "all": (raised, 0.4, 0.4, 6, 3),
        }
        spent = {name: cost(lambda row=row: layers.draw(canvas, *row)) for name, row in rows.items()}
    finally:
        cv2.setNumThreads(threads)
    figures = {name: f"{1000 * seconds:.2f} ms, {seconds / unit:.2f} of a blur" for name, seconds in spent.items()}
    sys.stdout.write(f"\n{figures}\n")
    assert spent["rest"] < 0.02 * unit
    assert max(spent.values()) < 0.5 * unit
