"""Project: everything that a person can direct, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from pctalk_studio.core.errors import UsageError
from pctalk_studio.core.time import FrameRate


class Emotion(StrEnum):
    """The eight emotions of MEAD, in its order."""

    ANGRY = "angry"
    CONTEMPT = "contempt"
    DISGUSTED = "disgusted"
    FEAR = "fear"
    HAPPY = "happy"
    NEUTRAL = "neutral"
    SAD = "sad"
    SURPRISED = "surprised"


class EmotionRegion(StrEnum):
    """Where an emotion may be felt; the soft masks of these regions sum to one everywhere on the face."""

    BROWS = "brows"
    EYES = "eyes"
    CHEEKS = "cheeks"
    NOSE = "nose"
    MOUTH = "mouth"


class HeadMotion(StrEnum):
    """How much the head moves by itself."""

    STILL = "still"
    SUBTLE = "subtle"
    LIVELY = "lively"


class Gaze(StrEnum):
    """Where the eyes go by themselves."""

    CAMERA = "camera"
    NATURAL = "natural"


class Side(StrEnum):
    """The subject's own left and right."""

    LEFT = "left"
    RIGHT = "right"


def _checked(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise UsageError(f"{name} must lie between {low:g} and {high:g}; {value:g} does not.")


@dataclass(frozen=True, slots=True)
class StyleAxes:
    """Gains of the style axes open ("duck"), wide ("bee") and purse ("too"); 1 leaves speech as it is, 0 to 2."""

    open: float = 1.0
    wide: float = 1.0
    purse: float = 1.0

    def __post_init__(self) -> None:
        for name in ("open", "wide", "purse"):
            _checked(f"Style '{name}'", getattr(self, name), 0.0, 2.0)


@dataclass(frozen=True, slots=True)
class EmotionClip:
    """One emotion on some regions.

    Parameters
    ----------
    emotion, intensity
        What and how strongly; 1 is MEAD's level 3, up to 1.5.
    regions
        Where; all regions when not given.
    side
        For contempt: the side of the smirk.
    start, end
        Seconds; None means from the beginning, to the end.
    """

    emotion: Emotion
    intensity: float = 1.0
    regions: frozenset[EmotionRegion] = frozenset(EmotionRegion)
    side: Side = Side.RIGHT
    start: float | None = None
    end: float | None = None

    def __post_init__(self) -> None:
        _checked(f"Intensity of '{self.emotion}'", self.intensity, 0.0, 1.5)


@dataclass(frozen=True, slots=True)
class Project:
    """The controls of one clip.

    Parameters
    ----------
    rate
        Frames a second.
    style, lip_scale, follow_volume
        How speech is articulated: gains of the axes, size of the lip movement (0 to 2) and how far it follows loudness (0 to 1).
    emotions
        Clips, later ones over earlier ones where their regions overlap.
    head, gaze, blink
        What happens by itself.
    lead
        Seconds by which the picture leads the sound.
    seed
        Of everything random.
    """

    rate: FrameRate = field(default_factory=lambda: FrameRate(Fraction(25)))
    style: StyleAxes = field(default_factory=StyleAxes)
    lip_scale: float = 1.0
    follow_volume: float = 0.5
    emotions: tuple[EmotionClip, ...] = ()
    head: HeadMotion = HeadMotion.SUBTLE
    gaze: Gaze = Gaze.NATURAL
    blink: bool = True
    lead: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        _checked("Lip scale", self.lip_scale, 0.0, 2.0)
        _checked("Follow volume", self.follow_volume, 0.0, 1.0)
        _checked("Lead", self.lead, -0.2, 0.2)
