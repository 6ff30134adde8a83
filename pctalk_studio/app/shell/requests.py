"""Slow work of the shell, as requests for its worker."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pctalk_studio.jobs import Control
from pctalk_studio.storage.collect import Collected, collect


@dataclass(frozen=True, slots=True)
class CollectProject:
    """Write a project and its media as one zip."""

    project: Path
    out: Path

    def __call__(self, control: Control) -> Collected:
        """Write it."""
        control.checkpoint()
        return collect(self.project, self.out)
