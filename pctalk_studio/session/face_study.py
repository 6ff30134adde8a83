"""Finding out where the face is in the frames of a project, as work for a worker."""

from __future__ import annotations

from dataclasses import dataclass

from pctalk_studio.document.project import RenderSettings
from pctalk_studio.jobs import Control
from pctalk_studio.session.easel import framed_source
from pctalk_studio.session.face_regions import outlines
from pctalk_studio.session.face_space import FaceSpace
from pctalk_studio.session.sources import Sources


@dataclass(frozen=True, slots=True, eq=False)
class StudyFace:
    """Study the face as it is framed.

    Parameters
    ----------
    sources
        With the portrait.
    settings
        How it is framed.
    """

    sources: Sources
    settings: RenderSettings

    def __call__(self, control: Control) -> FaceSpace:
        """Study it, and have ready what takes a tenth of a second and is the same for every face."""
        control.checkpoint()
        outlines()
        return FaceSpace.of(framed_source(self.sources, self.settings))
