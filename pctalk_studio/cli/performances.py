"""``--performance``: what it asks for, and laying it into a project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pctalk_studio.cli.source_calls import source_call
from pctalk_studio.core.errors import UsageError
from pctalk_studio.document.performance import Convention, PerformancePart

if TYPE_CHECKING:
    from pctalk_studio.session import Studio

FORM = "TEMPLATE.pkl[:PART,...][@START]"


@dataclass(frozen=True, slots=True)
class PerformanceCall:
    """A performance that is asked for.

    Parameters
    ----------
    path
        Motion template.
    parts
        What it drives; None: what suits the project.
    convention
        How it acts.
    start
        Seconds.
    """

    path: Path
    parts: frozenset[PerformancePart] | None = None
    convention: Convention = Convention.RELATIVE
    start: float = 0.0

    @classmethod
    def parse(cls, text: str) -> PerformanceCall:
        """Read ``nod.pkl``, ``nod.pkl:head,eyes@1.5`` or, for the performer's own pose and expression, ``nod.pkl:head,absolute``.

        Raises
        ------
        UsageError
            When a part is unknown.
        """
        call = source_call(text)
        if call is None:
            raise UsageError(f"'{text}' is no performance; write {FORM}.")
        unknown = [word for word in call.words if word not in set(PerformancePart) | set(Convention)]
        if unknown:
            known = ", ".join((*PerformancePart, *Convention))
            raise UsageError(f"'{unknown[0]}' in '{text}' is no part of a performance; choose from {known}.")
        parts = frozenset(PerformancePart(word) for word in call.words if word in set(PerformancePart))
        chosen = [Convention(word) for word in call.words if word in set(Convention)]
        return cls(Path(call.source), parts or None, chosen[-1] if chosen else Convention.RELATIVE, call.start or 0.0)


def lay(studio: Studio, calls: Sequence[PerformanceCall]) -> None:
    """Lay performances into an open project, in order.

    Raises
    ------
    StudioError
        When a template cannot be used.
    """
    if not calls:
        return
    from pctalk_studio.session.performances import clip_of, read_take

    for call in calls:
        take = read_take(call.path)
        clip = clip_of(take, studio.project, call.start)
        clip = replace(clip, convention=call.convention, parts=call.parts or clip.parts)
        studio.apply("add_performance", take=take, clip=clip)
