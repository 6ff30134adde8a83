"""SelectedClipsSheet: what the sheets of emotion clips and of performances share: edits of all that are shown."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from pctalk_studio.app.inspector.gestures import Edits
from pctalk_studio.app.inspector.sheet import Sheet
from pctalk_studio.app.kit import Kit
from pctalk_studio.document.performance import PerformanceClip
from pctalk_studio.document.project import EmotionClip, Project

ClipT = TypeVar("ClipT", bound=EmotionClip | PerformanceClip)
Member = TypeVar("Member", bound=str)


class SelectedClipsSheet(Sheet, Generic[ClipT]):
    """Selected clips of one kind.

    Parameters
    ----------
    kit, title, key
        As for :class:`pctalk_studio.app.inspector.sheet.Sheet`.
    """

    def __init__(self, kit: Kit, title: str, key: str) -> None:
        super().__init__(kit, title, key)
        self._clips: tuple[ClipT, ...] = ()

    @abstractmethod
    def clips_of(self, project: Project) -> tuple[ClipT, ...]:
        """All clips of the kind that a project has."""

    def _present(self) -> list[ClipT]:
        """The clips that are shown, as the project has them by now."""
        ids = {clip.id for clip in self._clips}
        return [clip for clip in self.clips_of(self.editor.project) if clip.id in ids]

    def _edits(self, edit: str, **arguments: Any) -> Edits:
        """The same edit for each clip."""
        return [(edit, {"clip": clip.id, **arguments}) for clip in self._present()]

    def _each(self, label: str, edit: str, **arguments: Any) -> None:
        """Edit each clip alike, as one step to undo."""
        self.editor.apply_all(label, self._edits(edit, **arguments))

    def _fades(self, edit: str, **change: float | None) -> Edits:
        """Edits of fades, one of which changes while each clip keeps its other."""
        return [
            (edit, {"clip": clip.id, "fade_in": clip.fade_in, "fade_out": clip.fade_out, **change}) for clip in self._present()
        ]

    def _trimmed(self, edit: str, **change: float) -> Edits:
        """Edits of ends, one of which changes while each clip keeps its other."""
        return [(edit, {"clip": clip.id, "start": clip.start, "end": clip.end, **change}) for clip in self._present()]


def toggled(sets: Sequence[frozenset[Member]], member: Member) -> list[list[Member]]:
    """Sets without a member where all of them have it, else all with it; each sorted."""
    everywhere = all(member in each for each in sets)
    return [sorted(each - {member} if everywhere else each | {member}) for each in sets]
