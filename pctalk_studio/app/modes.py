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
    """

    active: bool = False
    brush: Brush = field(default_factory=lambda: Brush(mirror=True))
    opacity: float = 0.45
