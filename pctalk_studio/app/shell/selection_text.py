"""What is selected, in words."""

from __future__ import annotations

from PySide6.QtCore import QObject

from pctalk_studio.app.widgets.names import emotion_name
from pctalk_studio.document.project import Project
from pctalk_studio.session.selection import Selection


class SelectionText(QObject):
    """Writes one line about a selection."""

    def text(self, selection: Selection, project: Project) -> str:
        """The line; empty when nothing is selected."""
        parts = [each for each in (self._words(selection, project), *self._others(selection, project)) if each]
        if not parts:
            return ""
        span = selection.span(project)
        where = "" if span is None else self.tr("{start:.2f} to {end:.2f} s").format(start=span[0], end=span[1])
        return self.tr("Selected: {what}").format(what=", ".join(filter(None, (*parts, where))))

    def _words(self, selection: Selection, project: Project) -> str:
        if not selection.words:
            return ""
        if len(selection.words) > 1:
            return self.tr("{count} words").format(count=len(selection.words))
        (chosen,) = selection.words
        return next((word.text for word in project.speech.words if word.id == chosen), "")

    def _others(self, selection: Selection, project: Project) -> tuple[str, ...]:
        emotions = [emotion_name(clip.emotion) for clip in project.emotions if clip.id in selection.emotions]
        performances = [clip.name for clip in project.performances if clip.id in selection.performances]
        labels = [phone.label for phone in project.speech.phones if phone.id in selection.phones]
        phones = " ".join(labels) if len(labels) == 1 else self.tr("{count} phones").format(count=len(labels))
        counted = (
            (selection.keys, self.tr("1 key"), self.tr("{count} keys")),
            (selection.blinks, self.tr("1 blink"), self.tr("{count} blinks")),
            (selection.markers, self.tr("1 marker"), self.tr("{count} markers")),
        )
        return (
            phones if labels else "",
            ", ".join(emotions),
            ", ".join(performances),
            *(one if len(chosen) == 1 else several.format(count=len(chosen)) for chosen, one, several in counted if chosen),
        )
