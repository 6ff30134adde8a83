"""The embedded engine: a photo moved as a mesh in layers, with a mouth, lids and eyes that are drawn, and a head that turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import RenderError
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.motion import MotionRow
from pctalk_studio.core.topology import face_topology
from pctalk_studio.render.api import PictureU8, RenderSource
from pctalk_studio.render.mesh.composition import MouthShape, MouthStage
from pctalk_studio.render.mesh.eyes import EyeLayers
from pctalk_studio.render.mesh.eyewear import wears_glasses
from pctalk_studio.render.mesh.fields import Box, WeightMap
from pctalk_studio.render.mesh.handles import HandleDriver, Pose
from pctalk_studio.render.mesh.head import HeadStage
from pctalk_studio.render.mesh.late_eyes import LateEyes
from pctalk_studio.render.mesh.mouth import MouthLayers
from pctalk_studio.render.mesh.person import Person
from pctalk_studio.render.mesh.sheets import FaceSheets
from pctalk_studio.render.mesh.warp import AnyTexture, PlainTexture, Texture, Window
from pctalk_studio.render.mesh.weights import HandleWeights

F32 = npt.NDArray[np.float32]

_FACING = MotionRow.rest().pose

SMALLEST_FACE = 24.0
"""Pixels between the outer eye corners below which there is nothing to draw lips with."""


_TRIES, _SAFETY = 2, 0.98
_SPARE = 3  # pixels that enlarging a drawing looks at beyond its border


@dataclass(frozen=True, slots=True)
class MeshRenderer:
    """The embedded engine; needs nothing but the photo."""

    @property
    def name(self) -> str:
        """``mesh``."""
        return "mesh"

    @property
    def version(self) -> str:
        """Raise it whenever a row would give other pixels."""
        return "3"

    def prepare(self, source: RenderSource) -> MeshFace:
        """Study a source.

        Raises
        ------
        RenderError
            When the face is too small or its landmarks are no face.
        """
        _check(source)
        return MeshFace.of(source)

    def know(self, frames: Sequence[RenderSource]) -> Person:
        """Learn who is in a movie; see :class:`pctalk_studio.render.api.KindredRenderer`.

        Raises
        ------
        RenderError
            As :meth:`prepare`.
        """
        for frame in frames:
            _check(frame)
        return Person.of(frames)

    def prepare_kin(self, source: RenderSource, person: object) -> MeshFace:
        """Study a frame of a movie; see :class:`pctalk_studio.render.api.KindredRenderer`.

        Raises
        ------
        RenderError
            As :meth:`prepare`.
        """
        if not isinstance(person, Person):
            raise TypeError("the person was learnt by another engine")
        _check(source)
        return MeshFace.of(source, person)


def _check(source: RenderSource) -> None:
    """Refuse what cannot be drawn."""
    rig = source.rig
    if source.picture.shape[:2] != (rig.picture_size[1], rig.picture_size[0]):
        raise ValueError("the rig belongs to a picture of another size")
    if not np.isfinite(rig.landmarks).all() or not np.isfinite(rig.shape).all():
        raise RenderError("The face mesh of this portrait is broken; detect the face again or give its points by hand.")
    if rig.scale < SMALLEST_FACE:
        raise RenderError(
            f"The face is too small to animate (eyes {rig.scale:.0f} pixels apart, {SMALLEST_FACE:.0f} needed); "
            "use a larger picture or crop to the face."
        )


@dataclass(frozen=True, slots=True, eq=False)
class MeshFace:
    """One face, ready to be drawn; holds no state, so frames may be drawn in any order and thread.

    A frame is made from the back: the skin of face and lips through one field; over it the mouth, put together from its layers
    where lips part, and the eyes; and all of it seen from where the head's pose puts the viewer.

    Parameters
    ----------
    picture, rig
        The source.
    weights
        How the mesh's vertices follow the handles.
    driver
        Makes handle displacements of rows.
    sheets
        The weights spread over the picture.
    texture, window
        The photo for sampling, and the part of it that can move.
    mouth, eyes, head
        The stages that draw.
    """

    picture: PictureU8
    rig: FaceRig
    weights: HandleWeights
    driver: HandleDriver
    sheets: FaceSheets
    texture: AnyTexture
    window: Window
    mouth: MouthStage
    eyes: EyeLayers | LateEyes
    head: HeadStage

    @classmethod
    def of(cls, source: RenderSource, person: Person | None = None) -> MeshFace:
        """Everything that depends on the source alone; of a movie, whose person is known, on one frame of it."""
        rig = source.rig
        if person is not None:
            weights = person.weights
        else:
            weights = HandleWeights.solve(face_topology())
            if wears_glasses(source.picture, rig.landmarks[:, :2]):
                weights = weights.behind_glasses(rig.shape)
        layers = MouthLayers.of(source.picture, rig, None if person is None else person.look)
        sheets = FaceSheets.of(rig, weights, layers.frame)
        window = Window.of(sheets.face.grid, rig.picture_size, limit=sheets.face.extent)
        driver = HandleDriver.of(rig, weights)
        mouth = MouthStage.of(rig, layers, sheets, driver, moment=person is not None)
        texture: AnyTexture = Texture.of(source.picture) if person is None else PlainTexture.of(source.picture)
        # Eyes of a movie blink and look about by themselves; most of its frames need no others.
        eyes = EyeLayers.of(source.picture, rig) if person is None else LateEyes(source.picture, rig)
        head = HeadStage.of(source.picture, rig, texture, sheets.face)
        return cls(source.picture, rig, weights, driver, sheets, texture, window, mouth, eyes, head)

    def frame(self, row: MotionRow) -> PictureU8:
        """Draw one row; see :class:`pctalk_studio.render.api.PreparedFace`."""
        flat = row.flat()
        if not np.isfinite(flat).all():
            raise RenderError("The motion of this frame holds values that are not numbers; undo the last edit.")
        row = row.quantised()
        turned = bool((row.pose != _FACING).any())
        canvas, vertices = self.picture.copy(), self.rig.landmarks[:, :2]
        skin, patches = None, []
        if row.deformation.any() or row.mouth.any():
            moved = self._unfolded(row)
            (sheet, face), *lips = moved.fields
            skin, vertices = sheet.backward(face), self._vertices(moved.seen)
            patches = [moved.mouth.box] if moved.mouth else []
            # A turned head is looked up through both fields at once; then skin is needed only under what is drawn over it.
            for box in (*patches, *self.eyes.windows) if turned else (sheet.grid.moved(skin),):
                self._lay_skin(canvas, skin, box)
            if moved.mouth:
                self.mouth.draw(canvas, tuple(lips), moved.mouth)
        if row.eyes.any() or skin is not None:
            self.eyes.draw(canvas, vertices, *row.eyes.tolist())
        if turned and (row.eyes.any() or skin is not None):
            patches.extend(self.eyes.windows)
        return self.head.draw(canvas, tuple(patches), row.pose, skin) if turned else canvas

    def vertices(self, row: MotionRow) -> F32:
        """Where the 478 landmarks lie in the picture before the head turns, [478, 2] float32 pixels."""
        pose = self.driver.pose(row.quantised())
        return self._vertices(self.to_picture(pose.seen))

    def _vertices(self, handles: F32) -> F32:
        return np.asarray(self.rig.landmarks[:, :2] + self.weights.matrix @ handles, np.float32)

    def to_picture(self, displacements: F32) -> F32:
        """Displacements [N, 3] in the face frame as [N, 2] pixels of the unposed picture (paper equation 1, no translation)."""
        turned = displacements @ self.rig.rotation.astype(np.float32)[:, :2]
        return np.asarray(turned * np.float32(self.rig.scale), np.float32)

    def _lay_skin(self, canvas: PictureU8, skin: F32, box: Box) -> None:
        """Draw the skin in a box through its backward field, in place."""
        x0, y0, x1, y1 = box
        window = self.window.within((x0 - _SPARE, y0 - _SPARE, x1 + _SPARE, y1 + _SPARE))
        if not window.empty:
            self.texture.look_up(*window.look_up(skin), canvas[window.slices])

    def fields(self, row: MotionRow) -> tuple[tuple[WeightMap, F32], ...]:
        """Forward fields with which a row is drawn: of the face and, where lips part, of what is drawn of both lips' sheets."""
        return self._unfolded(row.quantised()).fields

    def kept(self, row: MotionRow) -> float:
        """Share of a row's deformation that is drawn, 0 to 1; below 1 where more would have folded the skin."""
        asked, drawn = self.driver.pose(row.quantised()).texture, self._unfolded(row.quantised()).texture
        length = float(np.linalg.norm(asked))
        return 1.0 if length == 0 else min(float(np.linalg.norm(drawn)) / length, 1.0)

    def _unfolded(self, row: MotionRow) -> _Moved:
        """What a row makes of face and mouth, shortened as much as it takes for no skin to fold.

        First the keypoints give way, so that closed lips stay closed; what still folds then is shortened as a whole.
        """
        factor = 1.0
        moved = self._moved(self.driver.pose(row), row.mouth)
        for _ in range(_TRIES):
            if moved.slack >= 1:
                return moved
            factor *= _SAFETY * moved.slack
            moved = self._moved(self.driver.pose(_shortened(row, factor)), row.mouth)
        if moved.slack >= 1:
            return moved
        last = np.float32(_SAFETY * moved.slack)
        seen, fields = moved.seen * last, tuple((sheet, field * last) for sheet, field in moved.fields)
        mouth = self.mouth.shape(seen, row.mouth) if moved.mouth else None
        return _Moved(moved.texture * last, seen, mouth, fields if mouth else fields[:1], 1.0)

    def _moved(self, pose: Pose, channels: F32) -> _Moved:
        """What handles and mouth channels make of face and mouth."""
        texture, seen = self.to_picture(pose.texture), self.to_picture(pose.seen)
        mouth = self.mouth.shape(seen, channels)
        sheets = (self.sheets.face, *(self.mouth.sheets_for(mouth) if mouth else ()))
        found = [sheet.unfolded(sheet.forward(texture)) for sheet in sheets]
        fields = tuple((sheet, field) for sheet, (field, _) in zip(sheets, found, strict=True))
        return _Moved(pose.texture, seen, mouth, fields, min(slack for _, slack in found))


@dataclass(frozen=True, slots=True, eq=False)
class _Moved:
    """Face and mouth of a row.

    Parameters
    ----------
    texture
        [57, 3] float32 displacements of the handles as the skin follows them, face frame, E.
    seen
        [57, 2] float32 those that the lips' edges follow, pixels.
    mouth
        None where the photo's own is shown.
    fields
        The face's sheet and, with a mouth, the parts of the upper and the lower one that are drawn, with their forward fields.
    slack
        The factor 0 to 1 that it takes for no skin to fold.
    """

    texture: F32
    seen: F32
    mouth: MouthShape | None
    fields: tuple[tuple[WeightMap, F32], ...]
    slack: float


def _shortened(row: MotionRow, factor: float) -> MotionRow:
    if factor == 1:
        return row
    return MotionRow(row.deformation * np.float32(factor), row.pose, row.eyes, row.mouth)
