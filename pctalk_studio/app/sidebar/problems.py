"""PROBLEMS: what to look at, and where it is."""

from __future__ import annotations

import bisect

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.look import Look
from pctalk_studio.app.sidebar.beyond import BeyondBox
from pctalk_studio.app.sidebar.block import Block
from pctalk_studio.app.widgets.chips import HEIGHT, PaintedButton, ink_on
from pctalk_studio.app.widgets.clock_text import clock_text
from pctalk_studio.app.widgets.doubtful import doubtful_words
from pctalk_studio.app.widgets.following import repaint_with
from pctalk_studio.app.widgets.sections import quiet_label
from pctalk_studio.core.problems import Problem
from pctalk_studio.document.speech_track import SAME_TIME, SpeechTrack
from pctalk_studio.session.desk import Desk
from pctalk_studio.session.selection import Selection

MOST = 40
"""Problems shown; nobody reads more at once, and mending some shows the rest."""


class Badge(QWidget):
    """A number in a round amber field."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._count = 0
        repaint_with(self, look)

    def show_count(self, count: int) -> None:
        """Show how many; none hides it."""
        self._count = count
        self.setVisible(count > 0)
        self.setAccessibleName(self.tr("{count} problems").format(count=count))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Round its number."""
        metrics = QFontMetrics(self.font())
        return QSize(max(metrics.height(), metrics.horizontalAdvance(str(self._count)) + 10) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        """It does not shrink."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Number on amber."""
        fill = self._look.tokens.color("stale")
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            size = self.sizeHint()
            box = QRectF(0, (self.height() - size.height()) / 2, size.width(), size.height())
            painter.drawRoundedRect(box, size.height() / 2, size.height() / 2)
            font = QFont(self.font())
            font.setBold(True)
            painter.setFont(font)
            painter.setPen(ink_on(fill))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(self._count))


class ProblemRow(PaintedButton):
    """A problem: its sentence, and under it where it is.

    Parameters
    ----------
    look
        Colours.
    problem
        What.
    parent
        Owner.
    """

    def __init__(self, look: Look, problem: Problem, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.problem = problem
        self._where = "" if problem.start is None else self.tr("Go to {time}").format(time=clock_text(problem.start))
        self.setText(problem.text)
        self.setAccessibleName(f"{problem.text} {self._where}")
        self.setEnabled(bool(self._where))
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        if self._where:
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def hasHeightForWidth(self) -> bool:
        """Its sentence is broken into lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Lines of the sentence, and one for the place."""
        metrics = QFontMetrics(self.font())
        flags = int(Qt.TextFlag.TextWordWrap)
        text = metrics.boundingRect(0, 0, max(width - 10, 40), 10000, flags, self.text()).height()
        return max(HEIGHT, text + (metrics.lineSpacing() + 2 if self._where else 0) + 8)

    def sizeHint(self) -> QSize:
        """As tall as its sentence needs."""
        return QSize(120, self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        """It may be narrow."""
        return QSize(80, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """An amber edge, the sentence, the place."""
        tokens, metrics = self._look.tokens, QFontMetrics(self.font())
        with QPainter(self) as painter:
            if self.hasFocus() or (self.underMouse() and self._where):
                painter.fillRect(self.rect(), tokens.color("raised"))
            painter.fillRect(QRectF(0, 4, 2, self.height() - 8), tokens.color("accent" if self.hasFocus() else "stale"))
            painter.setPen(tokens.color("text"))
            box = QRectF(self.rect()).adjusted(10, 4, 0, -4)
            flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop)
            painter.drawText(box, flags, self.text())
            if self._where:
                painter.setPen(tokens.color("accent"))
                line = QRectF(box.left(), box.bottom() - metrics.lineSpacing(), box.width(), metrics.lineSpacing())
                painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._where)


class ProblemsBlock(Block):
    """What to look at."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, QCoreApplication.translate("Sidebar", "Problems"), "problems")
        self.badge = Badge(kit.look, self)
        self.header.add(self.badge, leading=True)
        self._none: QLabel = quiet_label(self.tr("None. Everything was heard and seen clearly."), self)
        self._none.setWordWrap(True)
        self._more = quiet_label(parent=self)
        self.beyond = BeyondBox(kit, self.body)
        for part in (self.beyond, self._none, self._more):
            self.add(part)
        self._shown: list[Problem] | None = None
        self._speech: SpeechTrack | None = None
        self._told: tuple[Problem, ...] = ()
        self.problem_rows: list[ProblemRow] = []
        # An engine may have something to say at any frame.
        kit.editor.frames_changed.connect(self._frames_changed)

    def _frames_changed(self) -> None:
        desk = self.editor.desk
        if desk is not None and self._said(desk) != self._told:
            self.refresh()

    def _said(self, desk: Desk) -> tuple[Problem, ...]:
        """What was said of project and sources, and what the engine says of its own work."""
        remarks = () if desk.stage is None else desk.stage.remarks
        return (*desk.studio.problems, *desk.sources.problems, *(Problem("engine-remark", text) for text in remarks))

    def refresh(self) -> None:
        """Show the problems there are now."""
        desk = self.editor.desk
        if desk is None:
            return
        self._show_beyond(desk)
        speech, told = desk.project.speech, self._said(desk)
        if speech is self._speech and told == self._told:
            return
        self._speech, self._told = speech, told
        problems = self._problems(speech, told)
        if problems != self._shown:
            self._show(problems)

    def _show(self, problems: list[Problem]) -> None:
        self._shown = problems
        for row in self.problem_rows:
            self.rows.removeWidget(row)
            row.deleteLater()
        self.problem_rows = [ProblemRow(self.kit.look, problem, self.body) for problem in problems[:MOST]]
        for number, row in enumerate(self.problem_rows):
            row.clicked.connect(lambda _=False, problem=row.problem: self.go_to(problem))
            self.rows.insertWidget(1 + number, row)
        self._count()
        self._more.setVisible(len(problems) > MOST)
        self._more.setText(self.tr("and {count} more").format(count=len(problems) - MOST))

    def _show_beyond(self, desk: Desk) -> None:
        if self.beyond.show_project(desk.project):
            self._count()

    def _count(self) -> None:
        count = len(self._shown or ()) + int(self.beyond.there)
        self.badge.show_count(count)
        self._none.setVisible(not count)

    def _problems(self, speech: SpeechTrack, told: tuple[Problem, ...]) -> list[Problem]:
        """Problems of the sources and of the words as they are now, each once; those in time in their order."""
        doubtful = doubtful_words(speech)
        unsettled, starts = {word.id for word in doubtful}, [word.start for word in speech.words]
        current = [each for each in speech.problems if _stands(each, speech, starts, unsettled)]
        # What the first analysis said of moments is as good as what the document knows of them now.
        others = [each for each in told if each.start is None and each not in speech.problems]
        covered = {round(each.start, 3) for each in current if each.start is not None}
        text = self.tr("“{word}” was hard to hear ({sure:.0f} %); check its phones.")
        doubts = [
            Problem("word-doubtful", text.format(word=word.text, sure=100 * word.confidence), word.start, word.end)
            for word in doubtful
            if word.said and round(word.start, 3) not in covered
        ]
        found = list(dict.fromkeys([*others, *current, *doubts]))
        return sorted(found, key=lambda problem: -1.0 if problem.start is None else problem.start)

    def go_to(self, problem: Problem) -> None:
        """Set the playhead there and select the word."""
        desk = self.editor.desk
        if desk is None or problem.start is None:
            return
        start = problem.start
        words = [word for word in desk.project.speech.words if word.start <= start + 1e-6 and start < word.end]
        if words:
            self.editor.select(Selection.of(words=[words[0].id]))
        desk.transport.seek_seconds(start)


def _stands(problem: Problem, speech: SpeechTrack, starts: list[float], unsettled: set[int]) -> bool:
    """Whether a problem still stands: no person has settled the words at its moment."""
    if problem.start is None:
        return True
    after = bisect.bisect_right(starts, problem.start + SAME_TIME)
    # The one that is being said, and any that were not said and so begin where it does.
    near = speech.words[bisect.bisect_left(starts, starts[after - 1]) if after else 0 : after]
    there = [word.id for word in near if word.end >= problem.start - SAME_TIME]
    return not there or not unsettled.isdisjoint(there)
