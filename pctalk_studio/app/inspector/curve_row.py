"""CurveRow: a slider for what a curve is at the playhead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pctalk_studio.app.editor import Editor
from pctalk_studio.app.inspector.gestures import Edits
from pctalk_studio.app.inspector.sheet import Sheet
from pctalk_studio.app.widgets.key_diamond import KeyState
from pctalk_studio.app.widgets.scale import ValueScale
from pctalk_studio.document.curves import Curve, Key
from pctalk_studio.document.edits.keys import CurveName, curve_of
from pctalk_studio.document.project import Project


def playhead_of(editor: Editor) -> float:
    """Seconds at which the frame under the playhead begins."""
    return 0.0 if editor.desk is None else editor.desk.transport.seconds


def key_at(curve: Curve, time: float, frame: float) -> Key | None:
    """The key that counts as lying at a time: the nearest within half a frame, seconds."""
    near = [key for key in curve.keys if abs(key.time - time) < frame / 2]
    return min(near, key=lambda key: abs(key.time - time)) if near else None


class CurveRow:
    """Shows a curve at the playhead. Changing the value sets the key there, or makes one; the diamond makes and deletes it.

    Parameters
    ----------
    sheet
        Section that it is added to.
    name
        Of the row.
    curve
        Which curve; of which emotion clips is said by :meth:`show`.
    scale
        What its numbers mean.
    tip
        More about it, a sentence.
    """

    def __init__(self, sheet: Sheet, name: str, curve: CurveName, scale: ValueScale, tip: str = "") -> None:
        self._editor, self._curve = sheet.editor, curve
        self._clips: tuple[int | None, ...] = (None,)
        self._label = name
        self._gesture = sheet.gesture(f"curve {curve}")
        self.row = sheet.slider(name, scale, self._edits, keyed=True)
        if tip:
            for part in (self.row.name, self.row.track, self.row.field):
                part.setToolTip(f"{tip}\n{part.toolTip()}")
        self.row.key_toggled.connect(self._toggle)

    def show(self, project: Project, time: float, clips: Sequence[int | None] = (None,)) -> None:
        """Show it at a time, of some emotion clips (None: the project's own)."""
        self._clips = tuple(clips)
        frame = 1 / float(project.rate)
        curves = [curve for _, curve in self._found(project)]
        here = [key_at(curve, time, frame) is not None for curve in curves]
        self.row.show_values([curve.at(time) for curve in curves])
        if curves and all(here):
            self.row.show_key(KeyState.HERE)
        else:
            self.row.show_key(KeyState.ELSEWHERE if any(curve.keys for curve in curves) else KeyState.NONE)

    def _found(self, project: Project) -> list[tuple[int | None, Curve]]:
        """The curves that are there still, with the clips that they belong to."""
        present = {None, *(clip.id for clip in project.emotions)}
        return [(clip, curve_of(project, self._curve, clip)) for clip in self._clips if clip in present]

    def _edits(self, value: float) -> Edits:
        project, time = self._editor.project, playhead_of(self._editor)
        edits: Edits = []
        for clip, curve in self._found(project):
            if not curve.keys and value == curve.default:
                continue  # nothing to say that is not so already
            key = key_at(curve, time, 1 / float(project.rate))
            wanted = Key(time, value) if key is None else replace(key, value=value)
            edits.append(("set_key", {"curve": self._curve, "key": wanted, "clip": clip}))
        return edits

    def _toggle(self) -> None:
        project, time = self._editor.project, playhead_of(self._editor)
        found = [(clip, curve, key_at(curve, time, 1 / float(project.rate))) for clip, curve in self._found(project)]
        if found and all(key is not None for _, _, key in found):
            label = self.row.tr("Delete key: {name}")
            edits: Edits = [
                ("delete_keys", {"curve": self._curve, "times": [key.time], "clip": clip}) for clip, _, key in found if key
            ]
        else:
            label = self.row.tr("Set key: {name}")
            edits = [
                ("set_key", {"curve": self._curve, "key": Key(time, curve.at(time)), "clip": clip})
                for clip, curve, key in found
                if key is None
            ]
        if edits:
            self._editor.apply_all(label.format(name=self._label), edits)
