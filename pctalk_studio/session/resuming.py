"""Doing again what a crash cut short."""

from __future__ import annotations

from dataclasses import dataclass

from pctalk_studio.jobs import Control
from pctalk_studio.session.easel import Engines
from pctalk_studio.session.exporting import ExportJob, order_of
from pctalk_studio.session.opening import place_of_untitled
from pctalk_studio.session.sources import load_sources, media_files
from pctalk_studio.storage.unfinished import Unfinished, forget


@dataclass(frozen=True, slots=True, eq=False)
class ResumeExport:
    """Make an export that was cut short ready to run again.

    Parameters
    ----------
    work
        Its note, which is forgotten: the new export has one of its own.
    engines
        Makers of engines by name.
    """

    work: Unfinished
    engines: Engines

    def __call__(self, control: Control) -> ExportJob:
        """Read the sources again.

        Raises
        ------
        StudioError
            When the note is damaged, or a source is missing or cannot be used.
        """
        order, project = order_of(self.work), self.work.project()
        forget(self.work)
        (portrait, audio), _ = media_files(project, place_of_untitled())
        sources = load_sources(portrait, audio, project, project.media.transcript, control.checkpoint)
        return ExportJob(sources, project, order, self.engines)
