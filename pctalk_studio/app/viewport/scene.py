"""Scene: what the viewport has to show, kept up with the open project. It paints nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QTimer, Signal

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.look import DARK
from pctalk_studio.app.viewport.glow import Glow, felt_weights, glow_of
from pctalk_studio.app.viewport.options import ViewOptions, keep_options, read_options
from pctalk_studio.app.viewport.targets import clips_at, selected_clip
from pctalk_studio.core.keypoints import KeypointsF32
from pctalk_studio.core.topology import OUTER_EYE_CORNERS
from pctalk_studio.document.project import EmotionClip, EmotionRegion, Project
from pctalk_studio.preview.clip_frames import ClipFrames
from pctalk_studio.render.api import PictureU8
from pctalk_studio.session.comparing import Comparison
from pctalk_studio.session.face_regions import outlines
from pctalk_studio.session.face_space import FaceMap, FaceSpace, PosedFace
from pctalk_studio.session.face_study import StudyFace

PATIENCE = 250
"""Milliseconds that a stale picture is marked by a word alone; each step of a slider makes it stale for a moment."""

RegionLines = dict[EmotionRegion, tuple[npt.NDArray[np.float64], ...]]
"""Closed lines around each region, [N, 2] pixels of a frame at full size."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A picture on the screen.

    Parameters
    ----------
    picture
        Of the frame, perhaps smaller than the frame is exported.
    frame
        Its number.
    clip
        The motion that it was drawn from.
    stale
        Another picture is meant to be there by now.
    """

    picture: PictureU8
    frame: int
    clip: ClipFrames
    stale: bool = False


class ViewportScene(QObject):
    """What there is to see.

    Parameters
    ----------
    kit
        What every view is given.
    parent
        Owner.
    """

    changed = Signal()
    """Something else is to be seen."""
    options_changed = Signal()
    """Something else is asked for."""

    def __init__(self, kit: Kit, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self.options = read_options(kit.settings)
        self.shown: Shown | None = None
        self.compared: Shown | None = None
        self.space: FaceSpace | None = None
        self.waited = False
        """The picture has been stale for longer than drawing one usually takes."""
        self._patience = QTimer(self, interval=PATIENCE, singleShot=True)
        self._patience.timeout.connect(self._waited_enough)
        self._comparison: Comparison | None = None
        self._unknown = True
        self._face: tuple[Shown, PosedFace] | None = None
        self._map: tuple[Shown, FaceMap] | None = None
        self._lines: tuple[Shown, RegionLines] | None = None
        self._glow: tuple[Shown, EmotionClip, float, str, Glow] | None = None
        editor = kit.editor
        editor.desk_changed.connect(self._opened)
        editor.sources_changed.connect(self._other_face)
        editor.project_changed.connect(self._edited)
        editor.motion_changed.connect(self._moved)
        editor.frames_changed.connect(self.refresh)
        editor.playhead_moved.connect(self.refresh)
        editor.selection_changed.connect(self.changed)
        editor.paint_tool_changed.connect(self.changed)
        if editor.desk is not None:
            self._opened()

    # -- options -------------------------------------------------------------------------------------------------------

    def set_options(self, options: ViewOptions) -> None:
        """Show this from now on."""
        if options == self.options:
            return
        began = options.comparing and not self.options.comparing
        self.options = options
        keep_options(self._kit.settings, options)
        self.options_changed.emit()
        if began:
            self.refresh()
        else:
            self.changed.emit()

    def change(self, **changes: object) -> None:
        """Show the same with some changes."""
        self.set_options(replace(self.options, **changes))  # type: ignore[arg-type]

    # -- following the project -----------------------------------------------------------------------------------------

    def _opened(self) -> None:
        if self._comparison is not None:
            self._comparison.close()
        self._wait(stale=False)
        desk = self._kit.editor.desk
        self._comparison = None if desk is None else Comparison(desk, self.refresh)
        self.shown = self.compared = self.space = None
        self._face = self._map = self._glow = self._lines = None
        self._unknown = True
        if desk is not None and desk.clip is not None:
            self._study()
            self.refresh()
        self.changed.emit()

    def _other_face(self) -> None:
        """The sources, or the size of frames, are others."""
        self._unknown = True

    def _study(self) -> None:
        """Find out where the face is in frames of these sources and this size."""
        desk = self._kit.editor.desk
        if desk is None:
            return
        self._unknown = False

        def studied(space: FaceSpace) -> None:
            if self._kit.editor.desk is desk:
                self.space = space
                self._face = self._map = self._glow = self._lines = None
                self.changed.emit()

        request = StudyFace(desk.sources, desk.project.render)
        # What keeps a face from being drawn is told by whoever draws it.
        desk.work(request, studied, runner=desk.motion_runner, replaces="face space", failed=lambda _: None)

    def _edited(self, before: Project, after: Project) -> None:
        if before.render != after.render:
            self._unknown = True
        self.refresh()

    def _moved(self, _clip: ClipFrames) -> None:
        if self._unknown:
            # Not before now: the worker's first task is the motion, without which nothing is drawn.
            self._study()
        self.refresh()

    def refresh(self) -> None:
        """Look again for the picture that is meant to be seen."""
        desk = self._kit.editor.desk
        if desk is None:
            return
        frame, clip = desk.transport.frame, desk.clip
        picture = None if clip is None else desk.picture(frame)
        if picture is not None and clip is not None:
            if self.shown is None or self.shown.picture is not picture or self.shown.frame != frame:
                self.shown = Shown(picture, frame, clip)
            # Until the document is evaluated its frames look as they did before the edit.
            self.shown = _marked(self.shown, not desk.up_to_date)
        elif self.shown is not None:
            self.shown = _marked(self.shown, stale=True)
        self._wait(stale=self.shown is not None and self.shown.stale)
        if self.options.comparing and self._comparison is not None:
            self._compare(self._comparison, frame)
        self.changed.emit()

    def _wait(self, *, stale: bool) -> None:
        if not stale:
            self._patience.stop()
            self.waited = False
        elif not self._patience.isActive() and not self.waited:
            self._patience.start()

    def _waited_enough(self) -> None:
        self.waited = True
        self.changed.emit()

    def _compare(self, comparison: Comparison, frame: int) -> None:
        comparison.follow(frame)
        picture, clip = comparison.picture(frame), comparison.clip
        if picture is not None and clip is not None:
            if self.compared is None or self.compared.picture is not picture or self.compared.frame != frame:
                self.compared = Shown(picture, frame, clip)
            self.compared = _marked(self.compared, stale=False)
        elif self.compared is not None:
            self.compared = _marked(self.compared, stale=True)

    # -- the face in the frame that is shown ---------------------------------------------------------------------------

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of a frame at full size, pixels."""
        if self.space is not None:
            return self.space.size
        if self.shown is not None:
            height, width = self.shown.picture.shape[:2]
            return width, height
        return (1, 1)

    @property
    def face(self) -> PosedFace | None:
        """Where the face is in the frame that is shown; None until that is known."""
        shown = self.shown
        if shown is None or self.space is None:
            return None
        if self._face is None or not _same_row(self._face[0], shown):
            if shown.frame >= len(shown.clip):
                return None
            self._face = (shown, self.space.posed(shown.clip.row(shown.frame)))
        return self._face[1]

    @property
    def face_across(self) -> float:
        """Where the middle of the face lies across the frame, 0 left to 1 right; in the middle until that is known."""
        face = self.face
        if face is None:
            return 0.5
        eyes = float(face.points[list(OUTER_EYE_CORNERS), 0].mean())
        return min(max((eyes + 0.5) / self.size[0], 0.0), 1.0)

    def face_map(self) -> FaceMap | None:
        """The frame that is shown, mapped back to the face."""
        face, shown = self.face, self.shown
        if face is None or shown is None:
            return None
        if self._map is None or not _same_row(self._map[0], shown):
            self._map = (shown, face.map())
        return self._map[1]

    @property
    def painted(self) -> EmotionClip | None:
        """The emotion clip that is painted on: the selected one."""
        return selected_clip(self._kit.editor.project, self._kit.editor.selection)

    @property
    def clips_here(self) -> tuple[EmotionClip, ...]:
        """Emotion clips under the playhead, the topmost first."""
        desk = self._kit.editor.desk
        return () if desk is None else clips_at(desk.project, desk.transport.seconds)

    def glow(self) -> Glow | None:
        """What the selected emotion clip is felt on; None when there is nothing to show."""
        clip, shown = self.painted, self.shown
        if clip is None or shown is None or not self.options.glow:
            return None
        opacity, color = self._kit.editor.paint_tool.opacity, DARK.emotion(clip.emotion)
        made = self._glow
        if made is not None and _same_row(made[0], shown) and made[1:4] == (clip, opacity, color.name()):
            return made[4]
        face = self.face_map()
        if face is None:
            return None
        glow = glow_of(face, felt_weights(clip), color, opacity)
        self._glow = (shown, clip, opacity, color.name(), glow)
        return glow

    def region_lines(self) -> RegionLines:
        """Borders of the regions in the frame that is shown; none until the face is known."""
        face, shown = self.face, self.shown
        if face is None or shown is None:
            return {}
        if self._lines is None or not _same_row(self._lines[0], shown):
            lines = {region: tuple(face.to_picture(line) for line in each) for region, each in outlines().items()}
            self._lines = (shown, lines)
        return self._lines[1]

    def keypoints(self) -> KeypointsF32 | None:
        """The driven keypoints K_d of the frame that is shown, [21, 3] float32 pixels of a frame at full size."""
        shown, space = self.shown, self.space
        if shown is None or space is None or shown.frame >= len(shown.clip):
            return None
        points: KeypointsF32 = shown.clip.motion.part(slice(shown.frame, shown.frame + 1)).k_d(space.face)[0]
        return points


def _marked(shown: Shown, stale: bool) -> Shown:
    return shown if shown.stale == stale else replace(shown, stale=stale)


def _same_row(a: Shown, b: Shown) -> bool:
    """Both are the same frame of the same motion, marked or not."""
    return a.clip is b.clip and a.frame == b.frame and a.picture is b.picture
