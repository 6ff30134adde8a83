"""Who hears the recording: trained networks, got when a project first asks for learned motion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pctalk_studio.core.prediction import MotionPredictor
from pctalk_studio.deformation.evaluate import Evaluator
from pctalk_studio.deformation.lac.learned import Ear
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


def evaluator(sources: Sources, engines: Mapping[str, Callable[[], Renderer]]) -> Evaluator:
    """What computes the motion of some sources; it hears them where the program was started with networks."""
    if not isinstance(engines, Equipment):
        return Evaluator(sources.face, sources.speech)
    motion = engines.motion
    return Evaluator(sources.face, sources.speech, lambda: Ear(mel_of(sources.sound.mono(SAMPLE_RATE)), motion()))
