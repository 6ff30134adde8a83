"""Eyes of the mesh engine: gaze, lids that keep the eyeball as it is, and blinks, drawn over the warped skin.

Each eye is drawn from the back: eyeball, shadow of the upper lid, skin of both lids, lashes. At rest nothing is drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.render.api import PictureU8
from pctalk_studio.render.mesh.eye_edges import with_found_edges
from pctalk_studio.render.mesh.eye_fill import PlanesF32, planes_of
from pctalk_studio.render.mesh.eye_frame import LEFT_EYE, RIGHT_EYE, EyeFrame, EyeLandmarks, LidLines, PlaneF32, ease, smoothstep
from pctalk_studio.render.mesh.eyewear import wears_glasses
from pctalk_studio.render.mesh.far_eye import FarEye
from pctalk_studio.render.mesh.fields import Box, joined
from pctalk_studio.render.mesh.gaze import EYEBALL_RADIUS, Eyeball
from pctalk_studio.render.mesh.lid_colour import FaceSkin
from pctalk_studio.render.mesh.lid_texture import lid_texture
from pctalk_studio.render.mesh.lids import LidSkin

EYES_HIDDEN, IRISES_UNCLEAR = "eyes-hidden", "irises-unclear"
"""Codes of the rig's problems that say that the eyes cannot be seen, and that they have no irises."""

UPPER_SHARE = 0.9
"""Part of the way that the upper lid goes in a blink; the lower lid comes up by the rest."""

GAZE_REACH = 0.25
"""Farthest way of an iris over its distance from the nearer corner."""

LID_FOLLOWS = (0.5, 0.2)
"""Parts of a turn of the iris by which the upper lid goes along upwards, and the lower lid both ways. How far the upper lid
comes down with a look down is a matter of the row's closure: there a person may want more of it."""

_SHUT, _OPEN = 0.05, 0.11
_EDGEWISE = 0.54
"""Width of an eye over the other's below which only its lid can be moved."""
_LOST = (0.40, 0.43)
"""The same from which the nose leaves so little that nothing is moved, and above which the lid shuts fully."""


@dataclass(frozen=True, slots=True, eq=False)
class Eye:
    """One eye, ready to be drawn.

    Parameters
    ----------
    frame, ball, lid
        Geometry, eyeball and lid skin.
    columns, rows
        Coordinates of the window's pixels within it, [h, w] float32.
    sides
        1 between the corners, 0 beyond, [h, w] float32.
    alive
        0 for an eye that is shut in the picture, 1 for an open one.
    """

    frame: EyeFrame
    ball: Eyeball
    lid: LidSkin
    columns: PlaneF32
    rows: PlaneF32
    sides: PlaneF32
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
        rows, columns = np.mgrid[0 : y1 - y0, 0 : x1 - x0].astype(np.float32)
        sides = np.clip(np.minimum(frame.u, frame.width - frame.u) + 0.5, 0, 1).astype(np.float32)
        alive = ease(frame.opening, _SHUT, _OPEN)
        texture = None if glasses else lid_texture(picture, frame)
        lid = LidSkin.of(patch, frame, glasses, FaceSkin.of(picture, frame, points), texture)
        return cls(frame, Eyeball.of(patch, frame, points), lid, columns, rows, sides, alive)

    @property
    def reach(self) -> float:
        """Farthest that the iris may go, pixels."""
        frame, iris = self.frame, self.ball.iris
        away = np.array([iris.x, iris.y]) + frame.window[:2] - frame.corner
        along = float(away @ frame.across)
        return GAZE_REACH * max(min(along, frame.width - along), 0.15 * frame.width)

    def draw(self, canvas: PictureU8, vertices: npt.NDArray[np.float32], blink: float, turn: tuple[float, float]) -> None:
        """Draw one eye in place.

        Parameters
        ----------
        canvas
            The picture after the skin's warp.
        vertices
            [478, 2] float32 pixels.
        blink
            Closure 0 to 1.
        turn
            (right, down) of the iris, pixels along the eye frame.
        """
        blink = blink * self.alive
        gaze = (turn[0] * self.alive, turn[1] * self.alive)
        frame = self.frame
        lines = frame.moved_lines(vertices)
        if lines is None and blink == 0 and gaze == (0.0, 0.0):
            return
        lines = lines or frame.lines
        gap = np.maximum(lines.lower - lines.upper, 0)
        follow = np.minimum(gap * np.float32(1 / (0.15 * frame.width)), 1)
        fall = np.float32(blink * UPPER_SHARE) * gap + np.float32(LID_FOLLOWS[0] * min(gaze[1], 0.0) * (1 - blink)) * follow
        lift = np.float32(blink * (1 - UPPER_SHARE)) * gap - np.float32(LID_FOLLOWS[1] * gaze[1] * (1 - blink)) * follow
        edge = lines.upper + fall
        x0, y0, x1, y1 = frame.window
        window = canvas[y0:y1, x0:x1]
        out = self._skin(window, lines, fall, lift) if blink > 0 or gaze[1] != 0 else planes_of(window)
        masks = self.lid.moved_masks(frame, lines, self.columns, self.rows) if blink > 0 or self.lid.crossed else None
        if masks is not None and blink > 0:
            self._unroll(out, masks, lines.fold, edge, fall, blink)
        if blink < 1:
            sight = self._opening(edge, lines.lower - lift)
            sight *= np.float32(ease(self._motion(gaze, lines, fall), 0.0, 1.0))
            shift = gaze[0] * frame.across + gaze[1] * frame.down
            out += sight * (self.ball.drawn(float(shift[0]), float(shift[1]), edge) - out)
        if blink > 0:
            self._lashes(out, edge, gap, blink)
        if masks is not None and self.lid.crossed:
            out += masks[2] * (planes_of(window) - out)
        np.maximum(out, 0, out=out)  # OpenCV would take what is below 0 as positive; what is above 255 it cuts off
        cv2.convertScaleAbs(cv2.merge(list(out)), window)

    def _motion(self, gaze: tuple[float, float], lines: LidLines, fall: PlaneF32) -> float:
        """Pixels that iris and lids have gone from where they are at rest; any number from 1 on is as good."""
        motion = math.hypot(*gaze)
        if motion >= 1:
            return motion
        rest = self.frame.lines
        lids = (cv2.norm(now, was, cv2.NORM_INF) for now, was in ((lines.upper, rest.upper), (lines.lower, rest.lower)))
        return max(motion, cv2.norm(fall, cv2.NORM_INF), *lids)

    def _skin(self, window: PictureU8, lines: LidLines, fall: PlaneF32, lift: PlaneF32) -> PlanesF32:
        """The skin of both lids, gone along with their edges."""
        frame = self.frame
        # A strip along the edge goes down whole, with its lashes; what is stretched lies between it and the fold.
        height = np.maximum(lines.upper - lines.fold, 1.0)
        strip = np.minimum(np.float32(0.1 * frame.width), 0.6 * height)
        rise = np.clip((frame.v - lines.fold) / (height + fall - strip), 0, 1)
        sink = np.clip(1 - (frame.v - lines.lower + lift) * np.float32(1 / (0.22 * frame.width)), 0, 1)
        middle = lines.upper + fall + 0.5 * np.maximum(lines.lower - lift - lines.upper - fall, 0)
        # Where the lids meet, one takes over from the other within a pixel and a half, or their seam would crawl in steps.
        over = np.clip((middle - frame.v) * np.float32(1 / 1.5) + np.float32(0.5), 0, 1)
        shift = over * (fall * rise + lift * sink) - lift * sink
        columns = self.columns - shift * np.float32(frame.down[0])
        rows = self.rows - shift * np.float32(frame.down[1])
        return planes_of(cv2.remap(window, columns, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE))

    def _unroll(self, out: PlanesF32, masks: PlanesF32, fold: PlaneF32, edge: PlaneF32, fall: PlaneF32, blink: float) -> None:
        """Lay new lid skin over what the fall of the lid has stretched, in place."""
        frame, width = self.frame, self.frame.width
        # The lashes on the strip along the edge are the photo's own until the lid is half down and they point at the viewer.
        strip = smoothstep(frame.v - edge, -0.14 * width, -0.06 * width)
        cover = masks[0] + strip * (np.float32(ease(blink, 0.2, 0.6)) * self.lid.hem - masks[0])
        cover *= smoothstep(fall, 0.01 * width, 0.08 * width)
        cover = np.maximum(cover, np.float32(ease(blink, 0.1, 0.5)) * masks[1])
        cover *= np.clip((edge - frame.v + np.float32(0.02 * width)) * self.lid.lower_edge + np.float32(0.5), 0, 1)
        out += cover * (self.lid.drawn(frame, fold, edge) - out)

    def _lashes(self, out: PlanesF32, edge: PlaneF32, gap: PlaneF32, blink: float) -> None:
        """Darken the line of lashes in place."""
        part = np.float32(ease(blink, 0.0, 0.35))
        droop = np.minimum(gap * np.float32(0.12 * blink), np.float32(0.05 * self.frame.width))
        shade = self.lid.lash_shade(self.frame, edge, droop)
        out *= 1 - part + part * shade

    def _opening(self, upper: PlaneF32, lower: PlaneF32) -> PlaneF32:
        """How much of each pixel lies between the lids, 0 to 1."""
        frame = self.frame
        soft = np.float32(1 / 1.2)
        above = np.clip((frame.v - upper) * soft + np.float32(0.5), 0, 1)
        below = np.clip((lower - frame.v) * soft + np.float32(0.5), 0, 1)
        above += below
        above -= 1
        return np.asarray(np.maximum(above, 0, out=above) * self.sides, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class EyeLayers:
    """Both eyes of a face.

    Parameters
    ----------
    right, left
        The subject's eyes; None where one cannot be drawn.
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
            return cls(None, None, None, 0, rig.scale, 0.0, 0.0)
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
        return cls(right, left, far, narrow, rig.scale, min((eye.reach for eye in eyes), default=0.0), mobility)

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
        for eye, blink in ((self.right, blink_right), (self.left, blink_left)):
            if eye is not None:
                eye.draw(canvas, vertices_px, min(max(float(blink), 0.0), 1.0), turn)
        if self.far is not None:
            self.far.draw(canvas, min(max(float((blink_right, blink_left)[self.far_blink]), 0.0), 1.0))

    def _way(self, degrees: float) -> float:
        """Pixels that an iris goes for an angle, easing into the limit."""
        way = self.mobility * EYEBALL_RADIUS * self.unit * np.sin(np.deg2rad(degrees))
        return float(way / (1 + (way / self.reach) ** 4) ** 0.25) if self.reach > 0 else 0.0
