"""How views behave while one works: values that several of them share and that are no part of the project."""

from __future__ import annotations

from dataclasses import dataclass, field

from pctalk_studio.document.masks import Brush


@dataclass(frozen=True, slots=True)
class EditingModes:
    """Modes of the timeline, always visible.

    Parameters
    ----------
    ripple
        Moving a boundary pushes everything later along.
    snap
        Moved things stop at words, phones, keys, frames and the playhead.
    ipa
        Phones are written in IPA beside ARPAbet.
    spectrogram
        The sound is shown as a spectrogram, too.
    """

    ripple: bool = False
    snap: bool = True
    ipa: bool = False
    spectrogram: bool = False


@dataclass(frozen=True, slots=True)
class PaintTool:
    """The brush with which emotions are painted on the face.

    Parameters
    ----------
    active
        The mouse paints, instead of moving the view.
    brush
        How it paints.
    opacity
        Of the glow that shows the painted weights, 0 to 1.
    softness
        How little force a pen needs, -1 to 1: at 0 strength is in proportion to pressure, above it comes sooner, below later.
    """

    active: bool = False
    brush: Brush = field(default_factory=lambda: Brush(mirror=True))
    opacity: float = 0.45
    softness: float = 0.0

    def felt(self, pressure: float) -> float:
        """The share of the brush's strength that a pen's pressure gives, 0 to 1; none and full stay what they are.

        At softness 1 a pen that is pressed by a sixteenth paints at half strength; at -1 it takes 0.84 for that.
        """
        return float(min(max(pressure, 0.0), 1.0) ** (4.0**-self.softness))
