"""The skin of one upper lid that the photo does not show: it lies folded away above the open eye and unrolls in a blink.

It continues the skin around it in colour and grain, is shaded as a shell over a ball, and carries a line of lashes at its edge.
Lashes and make-up of the open lid are never stretched.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.render.mesh.eye_fill import ColourF32, PlanesF32, blurred, grain_like, luma_of, planes_of
from pctalk_studio.render.mesh.eye_frame import EyeFrame, PlaneF32, ease, smoothstep
from pctalk_studio.render.mesh.eyewear import in_front, lens_light, strands
from pctalk_studio.render.mesh.lid_colour import FaceSkin, colour_around, lid_colour, plain_skin


@dataclass(frozen=True, slots=True, eq=False)
class LidSkin:
    """Textures of one upper lid over the eye's window.

    Parameters
    ----------
    skin
        Unshaded skin with grain, [3, h, w] float32.
    masks
        [h, w, 3] float32, 0 to 1, at rest. *extent*: where the unrolled skin may lie, below the fold and off the
        corners' own folds. *litter*: where the open lid's lashes lie on the skin around it; a lid that goes down takes them away.
        *front*: what lies before the lid and stays, rims of glasses and hair.
    crossed
        Whether anything lies in front.
    hem
        Where the lid's edge may be covered, up to the outer corner, 0 to 1, [h, w] float32.
    lower_edge
        How sharply covering skin ends at the lid's edge, per pixel, [h, w] float32: gently beyond the outer corner.
    bow
        Darkening towards the corners, where the lid turns away, [h, w] float32 factor.
    lashes
        How dark the lash line is at each pixel's u, 0 to 1, [h, w] float32.
    lash_width
        Its half-width in pixels, one number or one for each column.
    """

    skin: PlanesF32
    masks: npt.NDArray[np.float32]
    crossed: bool
    hem: PlaneF32
    lower_edge: PlaneF32
    bow: PlaneF32
    lashes: PlaneF32
    lash_width: float | npt.NDArray[np.float32]

    @classmethod
    def of(
        cls,
        picture: ColourF32,
        frame: EyeFrame,
        glasses: bool,
        face: FaceSkin | None = None,
        texture: ColourF32 | None = None,
    ) -> LidSkin:
        """Study the skin around one eye.

        Parameters
        ----------
        picture
            The eye's window of the photo.
        frame
            The eye.
        glasses
            Whether the face wears some.
        face
            The face's skin on this side, where the picture shows it.
        texture
            Light on the lid's furrows over that on plain skin, [h, w, 3].
        """
        luma = luma_of(picture)
        width = frame.width
        hair = strands(luma, frame)
        trusted = np.asarray(plain_skin(luma, frame) * (1 - 0.999 * hair), np.float32)
        base = colour_around(picture, trusted, width)
        # Around a small eye no skin is plain: there is no telling grain from lashes, and little need for any.
        grain = ease(width, 16.0, 40.0) * grain_like(luma, trusted > 0.6, max(0.025 * width, 1.0))[..., None]
        along = np.clip(frame.u / width, 0, 1) * 2 - 1
        bow = (1 - 0.07 * along**4).astype(np.float32)
        light = lens_light(picture, base, frame) if glasses else np.float32(0)
        front = np.maximum(in_front(picture, base, frame, glasses), hair)
        beside = smoothstep(width - frame.from_outer, -0.02 * width, 0.24 * width)
        extent = beside * smoothstep(frame.from_outer, -0.06 * width, 0.20 * width)
        extent *= smoothstep(frame.v - frame.fold, -0.10 * width, 0.08 * width)
        plain = lid_colour(picture, base, trusted, frame, face)
        litter = _litter(luma, luma_of(base), frame, glasses) * (1 - front)
        return cls(
            planes_of(plain * (1 if texture is None else texture) + grain + light),
            np.dstack([extent, litter, front]),
            bool(front.max() > 0.05),
            beside * smoothstep(frame.from_outer, -0.08 * width, 0.03 * width),
            1 / (1 + np.float32(0.8) * np.maximum(-frame.from_outer, 0)),
            bow,
            _lash_line(luma, luma_of(base), frame),
            max(0.024 * width, 0.7),
        )

    def drawn(self, v: PlaneF32, fold: PlaneF32, edge: PlaneF32) -> PlanesF32:
        """The unrolled skin, shaded as a shell over the eyeball.

        Parameters
        ----------
        v
            Of the pixels.
        fold, edge
            v of the upper lid's fold and edge at each pixel's u.

        Returns
        -------
        PlanesF32
            A new array; only what lies between fold and edge means anything.
        """
        fall = np.clip((v - fold) / np.maximum(edge - fold, 1.0), 0, 1)
        crease = np.exp(-np.square(fall * np.float32(1 / 0.16)))
        ridge = np.exp(-np.square((fall - np.float32(0.45)) * np.float32(1 / 0.28)))
        under = np.square(np.square(fall))
        shading = self.bow * (1 - np.float32(0.10) * crease + np.float32(0.05) * ridge - np.float32(0.08) * under)
        return np.asarray(self.skin * shading, np.float32)

    def lash_shade(self, v: PlaneF32, edge: PlaneF32, droop: PlaneF32) -> PlaneF32:
        """Factor by which the lash line darkens, [h, w] float32.

        Parameters
        ----------
        v
            Of the pixels.
        edge
            v of the upper lid's edge at each pixel's u.
        droop
            How far the lashes hang below the edge, pixels.
        """
        off, width = v - edge, np.asarray(self.lash_width, np.float32)
        reach = np.where(off < 0, width, width + droop)
        return np.asarray(1 - self.lashes * np.exp(-np.square(off / reach)), np.float32)


def _lash_line(luma: PlaneF32, skin: PlaneF32, frame: EyeFrame) -> PlaneF32:
    """Darkness of the lash line along u, from the darkest pixels at the upper lid's edge."""
    width = frame.width
    near = (np.abs(frame.v - frame.upper + 0.02 * width) < max(0.06 * width, 1.2)) & (frame.u > 0) & (frame.u < width)
    if not near.any():
        return np.full_like(luma, 0.3)
    dark = np.clip(1 - luma / np.maximum(skin, 8.0), 0, 1)
    bins = np.linspace(0, width, 9)
    place = np.digitize(frame.u[near], bins[1:-1])
    values = np.array([np.percentile(dark[near][place == k], 85) if (place == k).any() else np.nan for k in range(8)])
    known = np.flatnonzero(np.isfinite(values))
    values = np.interp(np.arange(8), known, values[known])
    values = np.convolve(np.pad(values, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    centres = (bins[:-1] + bins[1:]) / 2
    along = np.interp(frame.u.ravel(), centres, values).reshape(luma.shape)
    # The line thins out towards both corners; next to the nose no lashes grow.
    outer = frame.from_outer
    ends = smoothstep(outer, -0.06 * width, 0.10 * width) * smoothstep(width - outer, 0.0, 0.22 * width)
    taper: npt.NDArray[np.float32] = (np.clip(along, 0.12, 0.85) * ends).astype(np.float32)
    return taper


def _litter(luma: PlaneF32, skin: PlaneF32, frame: EyeFrame, glasses: bool) -> PlaneF32:
    """Lashes above the upper lid's edge and beyond the corners: what is darker than skin in a band along the lid."""
    width = frame.width
    above = frame.upper - frame.v
    # Lashes point away from the nose and, at the outer corner, up; at the inner corner there are none to take away.
    outer = frame.from_outer
    rise = np.float32(0.0 if glasses else 0.14 * width) * (1 - smoothstep(outer, -0.05 * width, 0.20 * width))
    band = smoothstep(above, -0.09 * width, -0.03 * width) * (1 - smoothstep(above - rise, 0.18 * width, 0.28 * width))
    band *= smoothstep(outer, -0.30 * width, -0.10 * width) * smoothstep(width - outer, 0.04 * width, 0.32 * width)
    dark = smoothstep((skin - luma) / np.maximum(skin, 8.0), 0.04, 0.12)
    size = 2 * round(0.025 * width) + 3
    grown = np.asarray(cv2.dilate(dark, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))), np.float32)
    return np.asarray(band * blurred(grown, max(0.015 * width, 0.5)), np.float32)
