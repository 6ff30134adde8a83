"""Project: everything that a person can direct, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.core.time import FrameRate
from pctalk_studio.document.curves import Curve
from pctalk_studio.document.learned import Learned
from pctalk_studio.document.looks import Look, checked_look
from pctalk_studio.document.masks import FaceMask
from pctalk_studio.document.performance import PerformanceClip, Take
from pctalk_studio.document.speech_track import SpeechTrack


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
    """Where the eyes go by themselves; ``still`` is where they look in the portrait, or in the movie."""

    STILL = "still"
    CAMERA = "camera"
    NATURAL = "natural"


class Side(StrEnum):
    """The subject's own left and right."""

    LEFT = "left"
    RIGHT = "right"


def _checked(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise EditRejected(f"{name} must lie between {low:g} and {high:g}; {value:g} does not.")


@dataclass(frozen=True, slots=True)
class StyleAxes:
    """Gains of the style axes open ("duck"), wide ("bee") and purse ("too"); 1 leaves speech as it is, 0 to 2."""

    open: float = 1.0
    wide: float = 1.0
    purse: float = 1.0

    def __post_init__(self) -> None:
        for name in ("open", "wide", "purse"):
            _checked(f"Style '{name}'", getattr(self, name), 0.0, 2.0)


class EmotionSource(StrEnum):
    """Where an emotion clip comes from; whatever found it, it is edited like any other."""

    LABEL = "label"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    TEXT = "text"


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
    id
        Identity within the project; 0 for a clip that is in none.
    source
        What found it.
    envelope
        Factor of the intensity over time, seconds of the recording; 1 where it has no keys.
    fade_in, fade_out
        Seconds; None: as fast as the emotion itself comes and goes.
    mask
        Painted weights in face space, on top of the regions; None: the regions alone.
    look
        What is shown instead of the emotion's usual expression, as it was seen on another face; empty: the usual one.
    confidence
        0 to 1: how sure whatever found it is; 1 for what a person chose.
    """

    emotion: Emotion
    intensity: float = 1.0
    regions: frozenset[EmotionRegion] = frozenset(EmotionRegion)
    side: Side = Side.RIGHT
    start: float | None = None
    end: float | None = None
    id: int = 0
    source: EmotionSource = EmotionSource.LABEL
    envelope: Curve = Curve(1.0)
    fade_in: float | None = None
    fade_out: float | None = None
    mask: FaceMask | None = None
    look: Look = ()
    confidence: float = 1.0

    def __post_init__(self) -> None:
        _checked(f"Intensity of '{self.emotion}'", self.intensity, 0.0, 1.5)
        _checked("Confidence", self.confidence, 0.0, 1.0)
        checked_look(self.look)
        for fade in (self.fade_in, self.fade_out):
            if fade is not None:
                _checked(f"Fade of '{self.emotion}'", fade, 0.0, 60.0)


@dataclass(frozen=True, slots=True)
class HeadKeys:
    """What a person adds to the head's own motion, over time: degrees, shift in E, and size as a factor.

    Signs as in :data:`pctalk_studio.core.motion.POSE_CHANNELS`.
    """

    pitch: Curve = Curve(0.0)
    yaw: Curve = Curve(0.0)
    roll: Curve = Curve(0.0)
    x: Curve = Curve(0.0)
    y: Curve = Curve(0.0)
    zoom: Curve = Curve(1.0)


@dataclass(frozen=True, slots=True)
class GazeKeys:
    """Where a person lets the eyes look, over time, added to what they do by themselves; degrees to the right and up."""

    x: Curve = Curve(0.0)
    y: Curve = Curve(0.0)


@dataclass(frozen=True, slots=True)
class BlinkEvent:
    """A blink that a person asked for: when the lids are shut, for how many seconds, and how far (1: all the way)."""

    id: int
    time: float
    held: float = 0.03
    strength: float = 1.0

    def __post_init__(self) -> None:
        _checked("The time that a blink is held", self.held, 0.0, 10.0)
        _checked("A blink's strength", self.strength, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Marker:
    """A named moment; seconds."""

    id: int
    time: float
    label: str = ""


BLINK_WITHIN = 0.2
"""Seconds within which an automatic blink is the one that was taken away."""


class Track(StrEnum):
    """What can be muted, or heard and seen alone."""

    LIPS = "lips"
    EMOTION = "emotion"
    HEAD = "head"
    GAZE = "gaze"
    BLINK = "blink"
    PERFORMANCE = "performance"


@dataclass(frozen=True, slots=True)
class MediaReference:
    """A file that the project uses: its path as written in the project, and the hash of its bytes by which it is found again."""

    path: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Media:
    """The project's sources.

    Parameters
    ----------
    portrait, audio
        Files; None until they are chosen.
    transcript
        What is said, as typed; None when it was recognised.
    face
        Which face of the portrait, counted from the left starting at 1; None: the one there is.
    face_points
        (name, x, y) in pixels, placed by hand where no face is found; empty otherwise.
    """

    portrait: MediaReference | None = None
    audio: MediaReference | None = None
    transcript: str | None = None
    face: int | None = None
    face_points: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """How frames leave the program.

    Parameters
    ----------
    engine
        ``mesh`` or ``liveportrait``.
    crop_to_face
        A square round the face instead of the whole picture.
    longest, size
        Longest side, or (width, height), pixels; None: the picture's own.
    crf
        x264 quality, 1 to 51.
    """

    engine: str = "mesh"
    crop_to_face: bool = False
    longest: int | None = None
    size: tuple[int, int] | None = None
    crf: int = 18

    def __post_init__(self) -> None:
        _checked("The quality", self.crf, 1, 51)
        for side in (self.longest, *(self.size or ())):
            if side is not None:
                _checked("A side of the frame", side, 64, 7680)


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
    media
        The sources.
    speech
        Words and phones; empty until the recording is analysed.
    style_preset
        Name of the preset that the style axes came from; empty when they were set by hand.
    lip_scale_keys
        Factor of the lip scale over time.
    head_keys, gaze_keys
        What a person adds to the motion of head and eyes.
    blinks, blinks_removed
        Blinks added, and the times of automatic ones taken away (see BLINK_WITHIN).
    muted, soloed
        Tracks that do nothing; when any is soloed, only those do something.
    markers, in_point, out_point
        Named moments, and the part of the clip that is played and exported, seconds.
    render
        How frames leave the program.
    next_id
        The id that the next clip, blink, marker or take gets.
    takes
        Recorded performances that clips play.
    performances
        Clips, later ones over earlier ones.
    learned
        How far trained networks move lips and face.
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
    media: Media = Media()
    speech: SpeechTrack = field(default_factory=SpeechTrack)
    style_preset: str = ""
    lip_scale_keys: Curve = Curve(1.0)
    head_keys: HeadKeys = HeadKeys()
    gaze_keys: GazeKeys = GazeKeys()
    blinks: tuple[BlinkEvent, ...] = ()
    blinks_removed: tuple[float, ...] = ()
    muted: frozenset[Track] = frozenset()
    soloed: frozenset[Track] = frozenset()
    markers: tuple[Marker, ...] = ()
    in_point: float | None = None
    out_point: float | None = None
    render: RenderSettings = RenderSettings()
    next_id: int = 1
    takes: tuple[Take, ...] = ()
    performances: tuple[PerformanceClip, ...] = ()
    learned: Learned = Learned()

    def __post_init__(self) -> None:
        _checked("Lip scale", self.lip_scale, 0.0, 2.0)
        _checked("Follow volume", self.follow_volume, 0.0, 1.0)
        _checked("Lead", self.lead, -0.2, 0.2)
        if self.in_point is not None and self.out_point is not None and not self.in_point < self.out_point:
            raise EditRejected("The in point must lie before the out point.")

    def active(self, track: Track) -> bool:
        """Whether a track does something: it is not muted, and soloed when any is."""
        return track not in self.muted and (not self.soloed or track in self.soloed)
