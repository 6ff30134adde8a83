"""Other ways to open a project: as a copy that has no file yet, and from what a crash left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pctalk_studio.core.progress import ProgressListener, silent
from pctalk_studio.core.user_folders import state_folder
from pctalk_studio.document.project import Project
from pctalk_studio.session.easel import Engines
from pctalk_studio.session.safety import Safety
from pctalk_studio.session.sources import load_sources, media_files
from pctalk_studio.session.studio import Studio
from pctalk_studio.storage.autosave import Recovery, restore
from pctalk_studio.storage.media_links import find_media, with_reference
from pctalk_studio.storage.project_file import load_project


def place_of_untitled() -> Path:
    """Where a project that has no file yet would lie; nothing is written there. Paths of its media are full ones."""
    return state_folder() / "untitled.pctalk"


def open_copy(path: Path, engines: Engines, listen: ProgressListener = silent, *, place: Path | None = None) -> Studio:
    """Open a project file as a project that has no file yet, so that the file itself is never written.

    Parameters
    ----------
    path
        The file.
    engines
        To draw with.
    listen
        Told how far it is.
    place
        Where the file lay when it was written, if it was moved since: its media are found from there.

    Raises
    ------
    StudioError
        When the file is no project, or a source is missing or cannot be used.
    """
    loaded = load_project(path)
    place = place or path
    (portrait, audio), doubts = media_files(loaded.project, place)
    sources = load_sources(portrait, audio, loaded.project, loaded.project.media.transcript, listen, apart=True)
    project = with_full_paths(loaded.project, place)
    return Studio(project, sources, engines, problems=doubts + sources.problems, safety=Safety(None))


def with_full_paths(project: Project, path: Path) -> Project:
    """The project with the full paths of its media, for one whose file is to lie elsewhere."""
    for link in find_media(project, path):
        if link.path is not None:
            project = with_reference(project, link.role, replace(link.reference, path=str(link.path)))
    return project


def open_recovery(recovery: Recovery, engines: Engines, listen: ProgressListener = silent) -> Studio:
    """Open what a program that died has left. Its file is as it was saved last, and the recovery stays until it is discarded.

    Raises
    ------
    StudioError
        When the recovery is damaged, or a source cannot be used.
    """
    loaded = restore(recovery)
    project = loaded.project
    (portrait, audio), doubts = media_files(project, recovery.original or place_of_untitled(), stand_ins=True)
    sources = load_sources(portrait, audio, project, project.media.transcript, listen, apart=True)
    safety = Safety(recovery.original)
    # It differs from every file, so it is worth keeping before the first edit.
    safety.changed(project, loaded.extras)
    problems = loaded.problems + doubts + sources.problems
    return Studio(project, sources, engines, path=recovery.original, extras=loaded.extras, problems=problems, safety=safety)
