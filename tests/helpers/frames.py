"""Pictures and keys for tests of what keeps them."""

from __future__ import annotations

import numpy as np

from pctalk_studio.core.hashing import content_hash
from pctalk_studio.render.api import FrameKey, FrameLook, FrameResult, Quality

LOOK = FrameLook("portrait", "fake", "1")
DRAFT = Quality(draft=True)
SIDE = 8
BYTES = SIDE * SIDE * 3


def rows(*names):
    return tuple(content_hash(name) for name in names)


def key(name, look=LOOK):
    return FrameKey(look, content_hash(name))


def picture(name, side=SIDE):
    seed = int(content_hash(name)[:8], 16)
    return np.random.default_rng(seed).integers(0, 256, (side, side, 3)).astype(np.uint8)


def result(name, look=LOOK, side=SIDE):
    return FrameResult(key(name, look), picture(name, side), 0.01)
