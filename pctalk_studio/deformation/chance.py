"""Everything random, drawn from the project's seed; each purpose has draws of its own, so that none disturbs another."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What draws are for. The numbers are part of every project's look and never change."""

    WANDER = 0x4EAD
    NODS = 0x0D
    BLINKS = 0xB11
    LIDS = 0xB12
    GAZE = 0x6A2E
    MICRO_SACCADES = 0x31C
    EMOTION = 0xE30


def draws(seed: int, purpose: Purpose, number: int = 0) -> np.random.Generator:
    """A generator for one purpose.

    Parameters
    ----------
    seed
        Of the project; any whole number.
    purpose, number
        What for, and for which of several.
    """
    return np.random.default_rng([seed % 2**64, int(purpose), number])
