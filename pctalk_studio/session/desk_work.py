"""The slow work of an open project, as requests for workers: evaluate, prepare an engine, open the sound, read sources."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pctalk_studio.core.problems import Problem
from pctalk_studio.core.progress import ProgressEvent
from pctalk_studio.deformation.evaluate import Evaluator
from pctalk_studio.document.project import Project, RenderSettings
from pctalk_studio.jobs import Control
from pctalk_studio.media.sound import Sound
from pctalk_studio.preview.audio_output import OutputDevices
from pctalk_studio.preview.clip_frames import ClipFrames
from pctalk_studio.preview.clock import PlaybackClock
from pctalk_studio.preview.sound_clock import playback_clock
from pctalk_studio.preview.wish import Stage
from pctalk_studio.session.easel import Easel, Engines, ViewingQuality, proxy_stage
from pctalk_studio.session.sources import Sources
from pctalk_studio.storage.extras import Extras
from pctalk_studio.storage.project_file import Saved, save_project

if TYPE_CHECKING:
    from pctalk_studio.session.studio import Studio


@dataclass(frozen=True, slots=True, eq=False)
class EvaluateClip:
    """Rows and row keys of a document; the evaluator belongs to the worker that does these."""

    evaluator: Evaluator
    project: Project
    before: ClipFrames | None

    def __call__(self, control: Control) -> ClipFrames:
        """Evaluate it."""
        control.checkpoint()
        clip = ClipFrames(self.evaluator.motion(self.project), self.before)
        clip.row_keys()
        return clip


@dataclass(frozen=True, slots=True, eq=False)
class PrepareStage:
    """Make an engine ready; the easel belongs to the worker that does these."""

    easel: Easel
    sources: Sources
    settings: RenderSettings
    quality: ViewingQuality = ViewingQuality.FULL

    def __call__(self, control: Control) -> Stage:
        """Prepare it."""
        control.checkpoint()
        self.easel.follow(self.sources, self.settings)
        return self.easel.stage_at(self.quality)


@dataclass(frozen=True, slots=True, eq=False)
class PrepareProxy:
    """Make the quick engine ready that stands in for one that cannot keep up; that needs no study by the slow one."""

    engines: Engines
    sources: Sources
    settings: RenderSettings
    quality: ViewingQuality = ViewingQuality.FULL

    def __call__(self, control: Control) -> Stage | None:
        """Prepare it; None where the engine keeps up by itself."""
        control.checkpoint()
        return proxy_stage(self.engines, self.sources, self.settings, self.quality)


@dataclass(frozen=True, slots=True, eq=False)
class OpenSound:
    """Open the sound output for a recording."""

    sound: Sound
    devices: OutputDevices

    def __call__(self, control: Control) -> tuple[PlaybackClock, Problem | None]:
        """Open it."""
        control.checkpoint()
        return playback_clock(self.sound, self.devices, time.perf_counter)


@dataclass(frozen=True, slots=True, eq=False)
class OpenStudio:
    """Read and analyse what a project is made of; ``make`` is given whom to tell how far it is."""

    make: Callable[[Callable[[ProgressEvent], None]], Studio]

    def __call__(self, control: Control) -> Studio:
        """Do it; what was begun is given up at the next stage once somebody cancels."""
        control.checkpoint()
        return self.make(control.checkpoint)


@dataclass(frozen=True, slots=True, eq=False)
class SaveProject:
    """Write a project to a file.

    Parameters
    ----------
    original
        The document as it is open.
    project
        The same with the paths of its media as they are written in ``target``.
    target, extras
        File, and what of it this program does not know.
    """

    original: Project
    project: Project
    target: Path
    extras: Extras | None

    def __call__(self, control: Control) -> Saved:
        """Save it."""
        control.checkpoint()
        return save_project(self.target, self.project, self.extras)
