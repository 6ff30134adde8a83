"""Colour of a lid that the photo does not show: the face's own skin in the light that falls around this eye.

Around an open eye little is plain skin. Lashes, liner, folds, shadow under the brow and rings under the eye only darken, and
next to painted or made-up eyes everything may be greyer than the face. So the colour leans on cheek and forehead beside the eye,
and the light is read from the brighter part of what surrounds the opening, on all sides of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.render.api import PictureU8
from pctalk_studio.render.mesh.eye_fill import ColourF32, blurred, luma_of, spread
from pctalk_studio.render.mesh.eye_frame import EyeFrame, PlaneF32, smoothstep

SPOTS = (117, 118, 101, 50, 205, 104, 69, 346, 347, 330, 280, 425, 333, 299)
"""Landmarks of cheeks and forehead where plain skin may show."""

SPOT = 0.16
"""Half the side of a spot of skin that is looked at, over the distance of the eye's corners."""

OWN_TINT = 0.7
"""Part that the skin around the eye has in the lid's tint, the face's skin having the rest."""

GREYER = 0.02
"""How much greyer than the face's skin a lid may be, as a part of its brightness."""

BRIGHTER_PART = 0.65
"""Quantile of the brightness around the opening that is the light on the lid."""

SHADE_COLOUR = 0.25
"""How much the lid's tint deepens, as an exponent, for each factor e by which it is darker than the face."""

LIT, FACE_LIGHT = 0.55, 0.2
"""Parts, as exponents, of the light on all sides of the opening in the lid's light, and of the face's in that: a shut lid comes
forward out of its socket."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceSkin:
    """Plain skin of the face.

    Parameters
    ----------
    tint
        [3] float32 RGB over luma.
    luma
        0 to 255.
    """

    tint: npt.NDArray[np.float32]
    luma: float

    @classmethod
    def of(cls, picture: PictureU8, frame: EyeFrame, points: npt.NDArray[np.float32]) -> FaceSkin | None:
        """The middle one of several spots on cheeks and forehead; None when none lies in the picture.

        Parameters
        ----------
        picture
            [H, W, 3] uint8.
        frame
            The eye.
        points
            [478, 2] float32 pixels.
        """
        height, width = picture.shape[:2]
        reach = max(round(SPOT * frame.width), 1)
        colours = []
        for x, y in np.round(points[list(SPOTS)]).astype(int).tolist():
            if reach <= x < width - reach and reach <= y < height - reach:
                spot = picture[y - reach : y + reach + 1, x - reach : x + reach + 1]
                colours.append(np.median(spot.reshape(-1, 3), axis=0))
        if not colours:
            return None
        seen = np.array(colours, np.float32)
        light = np.maximum(luma_of(seen), 8.0)
        tint = np.median(seen / light[:, None], axis=0)
        return cls((tint / max(float(luma_of(tint)), 0.05)).astype(np.float32), float(np.median(light)))


def plain_skin(luma: PlaneF32, frame: EyeFrame) -> PlaneF32:
    """How far each pixel of an eye's window can be trusted to show skin and nothing else, 0 to 1."""
    width = frame.width
    above = frame.upper - frame.v
    below = frame.v - frame.lower
    beside = np.maximum(-frame.u, frame.u - width)
    # Lower lashes, the wet rim and the bags under the eye are no colour for a lid: that side counts little.
    over = smoothstep(above, 0.05 * width, 0.10 * width)
    under = 0.12 * smoothstep(below, 0.10 * width, 0.18 * width)
    side = 0.5 * smoothstep(beside, 0.08 * width, 0.16 * width)
    trust = np.maximum(np.maximum(over, under), side)
    # Lashes, liner and brows are darker than the skin they lie on.
    level = blurred(luma * trust, 0.12 * width) / np.maximum(blurred(trust, 0.12 * width), 1e-3)
    dark = (level - luma) / np.maximum(level, 8.0)
    return np.asarray(trust * (1 - smoothstep(dark, 0.06, 0.2)) + 1e-6, np.float32)


def colour_around(picture: ColourF32, trusted: PlaneF32, width: float) -> ColourF32:
    """Smooth colour of the skin around an eye continued over its window, [h, w, 3] float32.

    Parameters
    ----------
    picture
        The window.
    trusted
        Of :func:`plain_skin`.
    width
        Distance of the eye's corners, pixels.
    """
    luma = np.maximum(luma_of(picture), 8.0)
    tint = picture / luma[..., None]
    usual = _broad(tint, trusted, width)
    # Gloss, and lashes that a pixel shares with skin, are paler than the skin around; shaded skin is not.
    grey = (1 - usual) / np.maximum(np.linalg.norm(1 - usual, axis=2), 0.05)[..., None]
    pale = np.maximum(((tint - usual) * grey).sum(axis=2), 0)
    trusted = trusted / (1 + np.square(pale / np.float32(0.08)))
    base = spread(picture, trusted, 0.05 * width)
    for _ in range(2):
        dark = np.maximum(luma_of(base) - luma, 0) / np.maximum(luma_of(base), 8.0)
        base = spread(picture, trusted / (1 + np.square(dark / np.float32(0.10))), 0.05 * width)
    # A glossy spot on the open lid, or a brow, is not what the whole lid looks like.
    level = luma_of(base)
    plain = luma_of(_broad(base, trusted, width))
    level = np.clip(level, 0.8 * plain, 1.08 * plain)
    tint = base / np.maximum(luma_of(base), 1.0)[..., None]
    pale = np.maximum(((tint - usual) * grey).sum(axis=2) - 0.06, 0)
    return np.asarray((tint - pale[..., None] * grey) * level[..., None], np.float32)


def lid_colour(picture: ColourF32, around: ColourF32, trusted: PlaneF32, frame: EyeFrame, face: FaceSkin | None) -> ColourF32:
    """Smooth colour of the lid over an eye's window, [h, w, 3] float32.

    Parameters
    ----------
    picture
        The window.
    around
        Of :func:`colour_around`.
    trusted
        Of :func:`plain_skin`.
    frame
        The eye.
    face
        The face's skin; None where it is out of the picture and what lies around the eye must do.
    """
    own = np.maximum(luma_of(around), 8.0)
    light = _light_around(np.maximum(luma_of(picture), 8.0), trusted, frame)
    if face is not None:
        light = light ** np.float32(1 - FACE_LIGHT) * np.float32(face.luma**FACE_LIGHT)
    level = own ** np.float32(1 - LIT) * light ** np.float32(LIT)
    tint = around / own[..., None]
    if face is not None:
        # Light that reaches skin by way of other skin is redder: shade has more colour, not less.
        shade = np.clip(np.log(np.float32(face.luma) / level), 0, 0.8)
        tint = _of_luma_one(_warmed(tint, face.tint) ** (1 + np.float32(SHADE_COLOUR) * shade)[..., None])
    return np.asarray(tint * level[..., None], np.float32)


def _warmed(tint: ColourF32, usual: npt.NDArray[np.float32]) -> ColourF32:
    """RGB over luma of the lid: what lies around the eye and the face's own, and hardly greyer than that."""
    off = tint - usual
    length = max(float(np.linalg.norm(1 - usual)), 0.1)
    grey = (1 - usual) / np.float32(length)
    paler = (off * grey).sum(axis=2)
    # What goes on beyond grey to the opposite hue is make-up, and meant.
    plain = 1 - smoothstep(paler, 1.1 * length, 1.5 * length)
    excess = plain * np.maximum(np.float32(OWN_TINT) * paler - np.float32(GREYER), 0)
    own = np.float32(OWN_TINT) + np.float32(1 - OWN_TINT) * (1 - plain)
    return _of_luma_one(np.maximum(usual + own[..., None] * off - excess[..., None] * grey, np.float32(0.05)))


def _of_luma_one(colour: ColourF32) -> ColourF32:
    return np.asarray(colour / np.maximum(luma_of(colour), 0.05)[..., None], np.float32)


def _broad(colour: ColourF32, trusted: PlaneF32, width: float) -> ColourF32:
    """Mean of the trusted pixels over about a third of the eye."""
    mass = np.maximum(blurred(trusted, 0.3 * width), 1e-6)
    return np.asarray(blurred(colour * trusted[..., None], 0.3 * width) / mass[..., None], np.float32)


def _light_around(luma: PlaneF32, trusted: PlaneF32, frame: EyeFrame) -> PlaneF32:
    """Brightness of skin at the opening, a plane through the brighter part of what lies around it.

    Each side has the same say, however much of it is to be seen: a brow may leave a sliver above the eye, and a cheek much below.
    """
    width = frame.width
    u, v = frame.u / np.float32(width) - np.float32(0.5), frame.v / np.float32(width)
    above, below = frame.v < frame.fold - 0.02 * width, frame.v > frame.lower + 0.12 * width
    inner = frame.from_outer > 1.06 * width
    outer = frame.from_outer < -0.06 * width
    weight = np.zeros_like(luma)
    for side, say in ((above & ~inner & ~outer, 1.0), (below & ~inner & ~outer, 0.7), (inner, 0.35), (outer, 0.35)):
        # Below the eye trust is small all over; only its differences count.
        part = np.where(side, trusted, 0)
        weight += np.float32(say / max(float(part.sum()), 0.02 * part.size * float(part.max(initial=1e-6)))) * part
    chosen = np.flatnonzero(weight.ravel() > 1e-3 * weight.max())
    if len(chosen) < 12:
        return np.full_like(luma, np.average(luma, weights=weight + np.float32(1e-9)))
    design = np.stack([np.ones(len(chosen)), u.ravel()[chosen], v.ravel()[chosen]], axis=1)
    values = np.log(luma.ravel()[chosen]).astype(np.float64)
    given = weight.ravel()[chosen].astype(np.float64)
    # A weak pull to an even light keeps the plane from tipping where one side is hidden.
    ridge = np.diag([0.0, 0.05, 0.2]) * given.sum()
    share = given
    for _ in range(8):
        weighted = design * share[:, None]
        plane = np.linalg.solve(weighted.T @ design + ridge, weighted.T @ values)
        # Quantile regression by repeated least squares (Schlossmacher 1973).
        off = values - design @ plane
        share = given * np.where(off > 0, BRIGHTER_PART, 1 - BRIGHTER_PART) / np.maximum(np.abs(off), 0.02)
    field = plane[0] + plane[1] * np.clip(u, -0.7, 0.7) + plane[2] * np.clip(v, -0.5, 0.3)
    return np.asarray(np.exp(field), np.float32)
