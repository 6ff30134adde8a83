"""Eyes of the mesh engine: gaze, lids that keep the eyeball as it is, and blinks, drawn over the warped skin.

Each eye is drawn from the back: eyeball, shadow of the upper lid, skin of both lids, lashes. At rest nothing is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.render.api import PictureU8
from pctalk_studio.render.mesh.eye_edges import with_found_edges
from pctalk_studio.render.mesh.eye_frame import LEFT_EYE, RIGHT_EYE, EyeFrame, EyeLandmarks, ease
from pctalk_studio.render.mesh.eye_pair import EyePair, Moved
from pctalk_studio.render.mesh.eyewear import wears_glasses
from pctalk_studio.render.mesh.far_eye import FarEye
from pctalk_studio.render.mesh.fields import Box, joined
from pctalk_studio.render.mesh.gaze import EYEBALL_RADIUS, Eyeball
from pctalk_studio.render.mesh.lid_colour import FaceSkin
from pctalk_studio.render.mesh.lid_texture import lid_texture
from pctalk_studio.render.mesh.lids import LidSkin

EYES_HIDDEN, IRISES_UNCLEAR = "eyes-hidden", "irises-unclear"
"""Codes of the rig's problems that say that the eyes cannot be seen, and that they have no irises."""

GAZE_REACH = 0.25
"""Farthest way of an iris over its distance from the nearer corner."""

_SHUT, _OPEN = 0.05, 0.11
_EDGEWISE = 0.54
"""Width of an eye over the other's below which only its lid can be moved."""
_LOST = (0.40, 0.43)
"""The same from which the nose leaves so little that nothing is moved, and above which the lid shuts fully."""


@dataclass(frozen=True, slots=True, eq=False)
class Eye:
    """One eye as the picture shows it.

    Parameters
    ----------
    frame, ball, lid
        Geometry, eyeball and lid skin.
    alive
        0 for an eye that is shut in the picture, 1 for an open one.
    """

    frame: EyeFrame
    ball: Eyeball
    lid: LidSkin
    alive: float

    @classmethod
    def of(cls, picture: PictureU8, points: npt.NDArray[np.float32], landmarks: EyeLandmarks, glasses: bool) -> Eye | None:
        """Study one eye of a picture.

        Parameters
        ----------
        picture
            [H, W, 3] uint8.
        points
            [478, 2] float32 pixels.
        landmarks
            Which eye.
        glasses
            Whether the face wears some.

        Returns
        -------
        Eye | None
            None where there is none to be drawn.
        """
        frame = EyeFrame.of(landmarks, points, (picture.shape[1], picture.shape[0]))
        if frame is None:
            return None
        x0, y0, x1, y1 = frame.window
        patch = picture[y0:y1, x0:x1].astype(np.float32)
        frame = with_found_edges(frame, patch)
        alive = ease(frame.opening, _SHUT, _OPEN)
        texture = None if glasses else lid_texture(picture, frame)
        lid = LidSkin.of(patch, frame, glasses, FaceSkin.of(picture, frame, points), texture)
        return cls(frame, Eyeball.of(patch, frame, points), lid, alive)

    @property
    def reach(self) -> float:
        """Farthest that the iris may go, pixels."""
        frame, iris = self.frame, self.ball.iris
        away = np.array([iris.x, iris.y]) + frame.window[:2] - frame.corner
        along = float(away @ frame.across)
        return GAZE_REACH * max(min(along, frame.width - along), 0.15 * frame.width)


@dataclass(frozen=True, slots=True, eq=False)
class EyeLayers:
    """Both eyes of a face.

    Parameters
    ----------
    right, left
        The subject's eyes; None where one cannot be drawn.
    pair
        What draws them; None where there is neither.
    far
        In place of one of them, an eye that a turned head shows edgewise; None in other heads.
    far_blink
        Which of the two closures is its, 0 right, 1 left.
    unit
        Pixels per E.
    reach
        Farthest that either iris may go, pixels: both go equally far, or the eyes would cross.
    mobility
        0 where there is no iris to move, 1 where both are plain.
    """

    right: Eye | None
    left: Eye | None
    pair: EyePair | None
    far: FarEye | None
    far_blink: int
    unit: float
    reach: float
    mobility: float

    @classmethod
    def of(cls, picture: PictureU8, rig: FaceRig) -> EyeLayers:
        """Study a source once.

        Parameters
        ----------
        picture
            [H, W, 3] uint8.
        rig
            The face in it; when its problems say that the eyes are hidden, nothing will be drawn.
        """
        if any(problem.code == EYES_HIDDEN for problem in rig.problems):
            return cls(None, None, None, None, 0, rig.scale, 0.0, 0.0)
        points = rig.landmarks[:, :2]
        widths = [float(np.hypot(*(points[eye.upper[-1]] - points[eye.upper[0]]))) for eye in (RIGHT_EYE, LEFT_EYE)]
        shares = [width / max(*widths, 1e-6) for width in widths]
        glasses = wears_glasses(picture, points)
        right, left = (
            Eye.of(picture, points, landmarks, glasses) if share >= _EDGEWISE else None
            for landmarks, share in zip((RIGHT_EYE, LEFT_EYE), shares, strict=True)
        )
        narrow = int(np.argmin(shares))
        far = None
        if shares[narrow] < _EDGEWISE:
            size = (picture.shape[1], picture.shape[0])
            far = FarEye.of(points, (RIGHT_EYE, LEFT_EYE)[narrow], size, ease(shares[narrow], *_LOST))
        eyes = [eye for eye in (right, left) if eye is not None]
        # Both turn equally or the gaze would part: the eye that can do less decides.
        mobility = min((eye.ball.mobility for eye in eyes), default=0.0)
        if any(problem.code == IRISES_UNCLEAR for problem in rig.problems):
            mobility = 0.0
        pair = EyePair.of([(eye.frame, eye.ball, eye.lid) for eye in eyes]) if eyes else None
        return cls(right, left, pair, far, narrow, rig.scale, min((eye.reach for eye in eyes), default=0.0), mobility)

    @property
    def windows(self) -> tuple[Box, ...]:
        """Where something is drawn: a box for each eye, or one around both where they are close."""
        near = tuple(eye.frame.window for eye in (self.right, self.left) if eye is not None)
        return joined(near if self.far is None else (*near, self.far.window))

    def draw(
        self,
        canvas: PictureU8,
        vertices_px: npt.NDArray[np.float32],
        blink_right: float,
        blink_left: float,
        gaze_x: float,
        gaze_y: float,
    ) -> None:
        """Draw both eyes over the warped skin, in place.

        Parameters
        ----------
        canvas
            [H, W, 3] uint8: the picture after the skin's warp, before the head's.
        vertices_px
            [478, 2] float32: the deformed mesh in it.
        blink_right, blink_left
            Closure of each eye, 0 (as in the picture) to 1 (shut).
        gaze_x, gaze_y
            Degrees to the picture's right and up, from the picture's own gaze.
        """
        turn = (self._way(gaze_x), -self._way(gaze_y))
        if self.pair is not None:
            moved = [
                Moved(min(max(float(blink), 0.0), 1.0) * eye.alive, (turn[0] * eye.alive, turn[1] * eye.alive))
                for eye, blink in ((self.right, blink_right), (self.left, blink_left))
                if eye is not None
            ]
            self.pair.draw(canvas, vertices_px, moved)
        if self.far is not None:
            self.far.draw(canvas, min(max(float((blink_right, blink_left)[self.far_blink]), 0.0), 1.0))

    def _way(self, degrees: float) -> float:
        """Pixels that an iris goes for an angle, easing into the limit."""
        way = self.mobility * EYEBALL_RADIUS * self.unit * np.sin(np.deg2rad(degrees))
        return float(way / (1 + (way / self.reach) ** 4) ** 0.25) if self.reach > 0 else 0.0
