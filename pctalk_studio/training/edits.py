"""Changed phone tracks, as an animator or an aligner would give them; the motion is then solved from these, not from the sound.

So the networks learn to follow the phones where phones and sound disagree.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pctalk_studio.core.speech import ARPABET, SILENCE, Phone

SHORTEST = 0.02
"""Seconds below which no phone gets."""


def jittered(phones: tuple[Phone, ...], sigma: float, rng: np.random.Generator) -> tuple[Phone, ...]:
    """Move the boundaries between phones by some seconds (normal, ``sigma``); order, and both ends, stay.

    Phones shorter than SHORTEST stay as they are.
    """
    edges = np.array([phones[0].start, *(phone.end for phone in phones)])
    moved = edges.copy()
    moved[1:-1] += rng.normal(0.0, sigma, len(edges) - 2)
    for i in range(1, len(edges) - 1):
        low, high = moved[i - 1] + SHORTEST, edges[i + 1] - SHORTEST
        moved[i] = float(np.clip(moved[i], low, high)) if low < high else edges[i]
        # After a neighbour has moved, an untouched edge may lie before it.
        moved[i] = max(moved[i], moved[i - 1])
    return tuple(replace(p, start=float(a), end=float(b)) for p, a, b in zip(phones, moved[:-1], moved[1:], strict=True))


def reworded(phones: tuple[Phone, ...], share: float, rng: np.random.Generator) -> tuple[Phone, ...]:
    """Replace some spoken phones by others and delete some; a deleted one's time goes to the phone before it.

    Parameters
    ----------
    phones
        Without gap.
    share
        Part of the phones that changes.
    rng
        What is drawn from.
    """
    out: list[Phone] = []
    for phone in phones:
        change = rng.random()
        if phone.label == SILENCE or change >= share:
            out.append(phone)
        elif change < share / 3 and out:
            out[-1] = replace(out[-1], end=phone.end)
        else:
            out.append(replace(phone, label=str(rng.choice(ARPABET)), stress=None))
    return tuple(out)


def shifted(phones: tuple[Phone, ...], seconds: float) -> tuple[Phone, ...]:
    """The whole track later (or earlier, negative) by some seconds; what leaves at one end is cut, the other end is prolonged."""
    start, end = phones[0].start, phones[-1].end
    kept = []
    for i, phone in enumerate(phones):
        a = start if i == 0 else phone.start + seconds
        b = end if i == len(phones) - 1 else phone.end + seconds
        a, b = min(max(a, start), end), min(max(b, start), end)
        if b > a:
            kept.append(replace(phone, start=a, end=b))
    return tuple(kept)
