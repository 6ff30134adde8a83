"""Feeling: emotions read from the words, the voice or another face, laid into the open project as clips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.shell.project_files import ProjectFiles
from pctalk_studio.core.progress import ProgressEvent
from pctalk_studio.core.speech import SpeechFacts
from pctalk_studio.document.learned import LearnedStyle
from pctalk_studio.document.project import EmotionClip, EmotionSource, Project
from pctalk_studio.jobs import Control
from pctalk_studio.media.file_endings import MOVIES, PICTURES, patterns
from pctalk_studio.session.desk import Desk
from pctalk_studio.session.emotion_finding import FindOnFace, from_text, from_voice
from pctalk_studio.session.hearing import Equipment
from pctalk_studio.session.selection import Selection
from pctalk_studio.session.style_learning import LearnStyle

LENGTH = 2.0
"""Seconds that the expression of a picture lasts at first."""
_FOLDER = "emotion/folder"
"""Under which the folder that faces came from last is kept."""

Find = Callable[[Project, SpeechFacts], Sequence[EmotionClip]]


@dataclass(frozen=True, slots=True)
class _Listen:
    """Find emotions in what a project says."""

    find: Find
    project: Project
    speech: SpeechFacts

    def __call__(self, control: Control) -> Sequence[EmotionClip]:
        """Do it; raises SpeechError as the finder does."""
        control.checkpoint(ProgressEvent("emotions", 0, 1))
        return self.find(self.project, self.speech)


class Feeling(QObject):
    """Finds emotions, from the menu.

    Parameters
    ----------
    kit
        What every view is given.
    files
        Whose chooser asks for files.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, files: ProjectFiles, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kit, self._files = kit, files

    def from_words(self) -> None:
        """Read the transcript."""
        self._listen(from_text, EmotionSource.TEXT, self.tr("Emotions from the words"))

    def from_voice(self) -> None:
        """Listen to the recording."""
        self._listen(from_voice, EmotionSource.AUDIO, self.tr("Emotions from the voice"))

    def from_face(self) -> None:
        """Ask for a picture or a movie, and lay its expression at the playhead."""
        if self._kit.editor.desk is None:
            return
        kinds = self.tr("Pictures and videos ({endings})").format(endings=patterns(PICTURES + MOVIES))
        last = str(self._kit.settings.value(_FOLDER, ""))
        self._files.chooser.file(self.tr("Take over an expression"), kinds, Path(last) if last else None, self.take_over)

    def take_over(self, path: Path) -> None:
        """Lay the expression of a face at the playhead; a movie's follows its course."""
        desk = self._kit.editor.desk
        if desk is None:
            return
        self._kit.settings.setValue(_FOLDER, str(path.parent))
        start = min(desk.transport.seconds, max(0.0, desk.duration - LENGTH))
        request = FindOnFace(path, start=start, end=min(desk.duration, start + LENGTH), over_time=True)
        label = self.tr("Expression of another face")
        desk.work(request, lambda clip: self._lay(desk, label, [clip]), replaces="emotions")

    def learn_style(self) -> None:
        """Ask for a film, and let the networks speak as the person in it does."""
        editor = self._kit.editor
        desk = editor.desk
        if desk is None or not isinstance(desk.engines, Equipment):
            return
        kinds = self.tr("Videos ({endings})").format(endings=patterns(MOVIES))
        motion = desk.engines.motion

        def learned(style: LearnedStyle) -> None:
            if editor.desk is desk:
                editor.apply("set_learned_style", style=style)

        def learn(path: Path) -> None:
            desk.work(LearnStyle(path, motion), learned, replaces="style")

        self._files.chooser.file(self.tr("Learn a speaking style from a film"), kinds, None, learn)

    def _listen(self, find: Find, source: EmotionSource, label: str) -> None:
        desk = self._kit.editor.desk
        if desk is not None:
            request = _Listen(find, desk.project, desk.sources.speech)
            desk.work(request, partial(self._heard, desk, source, label), replaces="emotions")

    def _heard(self, desk: Desk, source: EmotionSource, label: str, clips: Sequence[EmotionClip]) -> None:
        """What was found takes the place of what the same source had said before."""
        if not clips:
            self._kit.editor.tell("emotions", self.tr("Nothing there tells of an emotion; add one by hand."))
            return
        self._lay(desk, label, clips, instead_of=source)

    def _lay(self, desk: Desk, label: str, clips: Sequence[EmotionClip], instead_of: EmotionSource | None = None) -> None:
        """Lay clips into the project that is still open, as one step to undo."""
        editor = self._kit.editor
        if editor.desk is not desk:
            return
        before = {clip.id for clip in desk.project.emotions}
        # Confidence is below 1 as long as nobody has chosen a clip's emotion by hand.
        old = [clip.id for clip in desk.project.emotions if clip.source is instead_of and clip.confidence < 1]
        edits = [("delete_emotion", {"clip": number}) for number in old] + [("add_emotion", {"clip": clip}) for clip in clips]
        if editor.apply_all(label, edits):
            editor.select(Selection.of(emotions=[clip.id for clip in desk.project.emotions if clip.id not in before]))
