"""Undo by keeping documents: a history is a value too, and holds the documents themselves, which share all that did not change.

One gesture is one step: entries with the same gesture replace the last one, and a gesture that ends where it began leaves none.
The history is bounded by the memory that its documents need, not by their number.
"""

from __future__ import annotations

import dataclasses
import sys
from dataclasses import dataclass, replace
from typing import Any

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.document.project import Project

MEMORY = 64 * 2**20
"""Bytes that a history may keep alive; tens of thousands of ordinary edits, or thousands of strokes."""


@dataclass(frozen=True, slots=True)
class Step:
    """A document and what led to it.

    Parameters
    ----------
    project
        The document.
    label
        What was done, for the undo list.
    gesture
        Identity of the gesture that made it; empty for a single edit.
    selection
        Ids that were selected, so that undo shows where it acted.
    cost
        Bytes of the document that it does not share with the one before.
    """

    project: Project
    label: str
    gesture: str = ""
    selection: tuple[int, ...] = ()
    cost: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """The present, and ways back and forth.

    Parameters
    ----------
    past
        Earlier steps, oldest first.
    present
        The step that is shown.
    future
        Steps undone, the next to be redone first.
    limit
        Bytes; the oldest steps beyond it are forgotten. The present is always kept.
    """

    past: tuple[Step, ...]
    present: Step
    future: tuple[Step, ...] = ()
    limit: int = MEMORY

    @classmethod
    def of(cls, project: Project, limit: int = MEMORY) -> History:
        """A history that begins with a document."""
        return cls((), Step(project, "Open"), (), limit)

    @property
    def project(self) -> Project:
        """The document that is shown."""
        return self.present.project

    def done(self, project: Project, label: str, *, gesture: str = "", selection: tuple[int, ...] = ()) -> History:
        """The history after an edit.

        Parameters
        ----------
        project
            The edited document.
        label
            What was done.
        gesture
            Edits of one gesture make one step.
        selection
            Ids that are selected afterwards.
        """
        if gesture and gesture == self.present.gesture and self.past:
            if project == self.past[-1].project:
                return History(self.past[:-1], self.past[-1], (), self.limit)
            step = Step(project, label, gesture, selection, _bytes(project, self.past[-1].project))
            return History(self.past, step, (), self.limit)
        if project == self.project:
            return self
        step = Step(project, label, gesture, selection, _bytes(project, self.project))
        return History(self._kept((*self.past, self.present), step.cost), step, (), self.limit)

    def settled(self) -> History:
        """The history after a gesture has ended: the next edit is a step of its own, whatever its gesture is called."""
        return replace(self, present=replace(self.present, gesture=""))

    def undone(self) -> History:
        """One step back.

        Raises
        ------
        EditRejected
            When there is nothing to undo.
        """
        if not self.past:
            raise EditRejected("There is nothing to undo.")
        return History(self.past[:-1], self.past[-1], (self.present, *self.future), self.limit).settled()

    def redone(self) -> History:
        """One step forth.

        Raises
        ------
        EditRejected
            When there is nothing to redo.
        """
        if not self.future:
            raise EditRejected("There is nothing to redo.")
        return History((*self.past, self.present), self.future[0], self.future[1:], self.limit).settled()

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, oldest first: those behind, the one that is shown, and those undone."""
        return (*self.past, self.present, *self.future)

    def gone_to(self, position: int) -> History:
        """The history with another of its steps shown; 0 is the oldest that is remembered.

        Raises
        ------
        EditRejected
            When there is no such step.
        """
        steps = self.steps
        if not 0 <= position < len(steps):
            raise EditRejected(f"There are steps 0 to {len(steps) - 1}; {position} is none of them.")
        return History(steps[:position], steps[position], steps[position + 1 :], self.limit).settled()

    def _kept(self, past: tuple[Step, ...], cost: int) -> tuple[Step, ...]:
        """The latest steps that fit the limit together with a present of some cost."""
        for position in range(len(past) - 1, -1, -1):
            cost += past[position].cost
            if cost > self.limit:
                return past[position + 1 :]
        return past


def _bytes(new: Any, old: Any) -> int:  # noqa: ANN401
    """Memory of a value that another does not hold: where both have the same part, neither it nor what it holds is visited.

    An edit shares all but the path to what it changed, so this takes time by the size of the edit, not of the document.
    """
    if new is old or new is None or isinstance(new, bool):
        return 0
    size = sys.getsizeof(new)
    if isinstance(new, tuple | frozenset):
        known = {id(item) for item in old} if isinstance(old, tuple | frozenset) else set()
        return size + sum(_bytes(item, None) for item in new if id(item) not in known)
    if dataclasses.is_dataclass(new):
        fields = dataclasses.fields(new)
        return size + sum(_bytes(getattr(new, field.name), getattr(old, field.name, None)) for field in fields)
    return size
