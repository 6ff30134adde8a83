"""Who hears the recording: trained networks, got when a project first asks for learned motion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from pctalk_studio.core.prediction import MotionPredictor
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.speech import SILENCE, Alignment
from pctalk_studio.deformation.evaluate import Evaluator
from pctalk_studio.deformation.lac.learned import Ear, trust_in_phones
from pctalk_studio.document.project import Project
from pctalk_studio.media.mel import SAMPLE_RATE, mel_of
from pctalk_studio.render.api import Renderer
from pctalk_studio.session.sources import Sources

MotionMaker = Callable[[], MotionPredictor]
"""Gets the networks; raises WeightsError, which says how to get them, where there are none."""


class Equipment(Mapping[str, Callable[[], Renderer]]):
    """Makers of engines by name, as everywhere, and with them the maker of the networks that move lips by ear.

    Parameters
    ----------
    engines
        Makers of engines by name.
    motion
        Gets the networks.
    """

    def __init__(self, engines: Mapping[str, Callable[[], Renderer]], motion: MotionMaker) -> None:
        self._engines = dict(engines)
        self.motion = motion

    def __getitem__(self, name: str) -> Callable[[], Renderer]:
        return self._engines[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._engines)

    def __len__(self) -> int:
        return len(self._engines)


_COARSE = 20
"""Parts of the whole in which the share of the networks is set: a person reads and moves it."""


def doubted_by_ear(
    project: Project, alignment: Alignment, engines: Mapping[str, Callable[[], Renderer]]
) -> tuple[Project, tuple[Problem, ...]]:
    """A new project whose lips go by ear as far as its phones were recognised badly, and a problem that says so.

    The phones' rules believe every phone. On 26 noisy synthetic recordings of voices that the networks do not know the opening of
    the lips correlated with the true one by 0.66 with the rules and by 0.75 so; on 26 clean ones by 0.79 and 0.84; on 23 real
    ones by 0.91 either way.

    Parameters
    ----------
    project
        As it begins.
    alignment
        Words and phones of the recording.
    engines
        What the program was started with; without networks that hear, nothing changes.
    """
    share = round(_COARSE * (1.0 - trust_in_phones(alignment))) / _COARSE
    spoken = any(phone.label != SILENCE for phone in alignment.phones)
    if not isinstance(engines, Equipment) or not spoken or share <= project.learned.lips:
        return project, ()
    text = (
        f"Networks move the lips by ear ({share:.0%}), since the recognised phones are doubtful; a transcript makes them exact."
    )
    return replace(project, learned=replace(project.learned, lips=share)), (Problem("lips-by-ear", text),)


def evaluator(sources: Sources, engines: Mapping[str, Callable[[], Renderer]]) -> Evaluator:
    """What computes the motion of some sources; it hears them where the program was started with networks."""
    if not isinstance(engines, Equipment):
        return Evaluator(sources.face, sources.speech)
    motion = engines.motion
    return Evaluator(sources.face, sources.speech, lambda: Ear(mel_of(sources.sound.mono(SAMPLE_RATE)), motion()))
