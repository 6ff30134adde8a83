"""evaluate: controls and facts in, motion out. Pure and deterministic; a minute of motion takes milliseconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import WeightsError
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.motion import FACING, Motion
from pctalk_studio.core.speech import SpeechFacts
from pctalk_studio.deformation.direction import directed_speech
from pctalk_studio.deformation.emc.deformation import Expression, express, neutral_gap
from pctalk_studio.deformation.emc.learned import emotions_to_learn, felt_by_network, learned_expressions
from pctalk_studio.deformation.emc.mood import FeltEmotion, attitude, felt_emotions
from pctalk_studio.deformation.emc.tables import emotion_tables
from pctalk_studio.deformation.eyes import eye_motion, pauses_of
from pctalk_studio.deformation.footing import Grounds
from pctalk_studio.deformation.lac.articulation import Articulation, Plan, articulate, frame_times, planned, voiced
from pctalk_studio.deformation.lac.learned import Ear, by_ear, learned_tracks
from pctalk_studio.deformation.lac.mapping import lip_deformation
from pctalk_studio.deformation.lac.segments import segments_of
from pctalk_studio.deformation.lac.targets import lip_targets
from pctalk_studio.deformation.performing import performed
from pctalk_studio.deformation.pose import directed_pose
from pctalk_studio.document.project import EmotionClip, Project, Track

ArrayF64 = npt.NDArray[np.float64]

REACH = 0.75
"""Seconds beyond an edited stretch of words or keys that its motion can change: dominance of neighbouring phones, the light
smoothers and the move of a blink into a pause all end within it. Seeded motion of head and eyes is computed moment by moment and
reaches no further. What loudness and style make of a clip as a whole is not an edit of a stretch."""

_SEALED = 0.012
"""Gap in E below which the lips begin to stick together."""


def _mouth(art: Articulation, expression: Expression) -> ArrayF64:
    """Mouth channels [T, 4]; see MOUTH_CHANNELS."""
    seal = np.clip(1.0 - expression.gap / _SEALED, 0.0, 1.0)
    press = np.clip(art.press + expression.press * (1.0 - art.press), 0.0, 1.0)
    return np.stack([seal, press, art.tuck, art.tongue], axis=1)


def evaluate(project: Project, face: FaceRig | FaceTrack, speech: SpeechFacts) -> Motion:
    """Compute a clip's motion.

    Parameters
    ----------
    project
        All controls, the seed among them.
    face
        In the picture, or through the movie.
    speech
        The recording; where the project has words and phones, they are used instead of the analysis.

    Returns
    -------
    Motion
        One row per frame; equal inputs give equal bits.
    """
    return Evaluator(face, speech).motion(project)


_Value = TypeVar("_Value")


class Evaluator:
    """:func:`evaluate` for one face and recording, again and again: what an edit leaves alone is not computed again.

    Each stage keeps its last result with all that it was computed from. The motion is the same to the bit as computed anew. Not
    for several threads at once.

    Parameters
    ----------
    face, speech
        As for :func:`evaluate`.
    listen
        Gets networks to hear the recording, once a project asks for learned motion; None where there are none.
    """

    def __init__(self, face: FaceRig | FaceTrack, speech: SpeechFacts, listen: Callable[[], Ear] | None = None) -> None:
        self._speech = speech
        self._listen = listen
        self._rig = face if isinstance(face, FaceRig) else face.rig(face.reference)
        self._tables = emotion_tables()
        self._grounds = Grounds(face, self._tables.units)
        self._kept: dict[str, tuple[tuple[object, ...], object]] = {}

    def motion(self, project: Project) -> Motion:
        """The motion of a project.

        Raises
        ------
        WeightsError
            When the project asks for learned motion, and the networks are not to be had.
        """
        p, tables = project, self._tables
        words = tuple((w.text, w.start, w.end, w.said) for w in p.speech.words)
        said = (p.speech.phones, words, p.speech.method, p.speech.trust)
        speech = self._stage("speech", said, lambda: directed_speech(p, self._speech))
        duration = speech.alignment.duration
        shown = self._stage("times", (duration, p.rate), lambda: frame_times(duration, p.rate))
        ground = self._stage("ground", (shown,), lambda: self._grounds.at(shown))
        mouth, present = ground.mouth, ground.presence
        plain = self._stage("segments", (speech,), lambda: segments_of(speech.alignment, lip_targets()))
        loud = self._stage("loudness", (plain, p.follow_volume), lambda: voiced(plain, speech, p.follow_volume))
        planning = (loud, p.speech.words, p.style, p.rate, p.lead)
        plan = self._stage("plan", planning, lambda: planned(p, duration, plain, loud))
        if p.learned.lips > 0:
            plan = self._by_ear(p, plan, speech)
        art = self._stage("art", (plan, p.lip_scale, p.lip_scale_keys), lambda: articulate(p, plan))
        clips = p.emotions if p.active(Track.EMOTION) else ()
        emotions = self._stage("emotions", (clips, shown, p.seed), lambda: felt_emotions(clips, tables, shown, p.seed))
        if p.learned.emotion > 0 and emotions:
            emotions = self._by_network(p, clips, emotions, speech, shown)
        acted = p.performances if p.active(Track.PERFORMANCE) else ()
        talks = p.active(Track.LIPS)
        playing = (acted, p.takes if acted else (), ground, shown, talks)
        played = self._stage("played", playing, lambda: performed(acted, p.takes, ground, shown, spoken=talks))
        # Where nothing of speech is to be seen, nothing of the face gives way to it.
        spoken = art if talks else self._stage("silent", (art,), art.silent)
        moved = None if played is None else played.face
        expression = self._stage(
            "expression",
            (emotions, spoken, ground, played),
            lambda: express(emotions, tables, ground.resting, spoken, mouth, shown, moved, spoken=talks),
        )
        lip = self._stage("lip", (art, ground), lambda: lip_deformation(art.shape, neutral_gap(art, mouth), mouth))
        mood = self._stage("mood", (emotions, shown), lambda: attitude(emotions, shown))
        posed = (p.active(Track.HEAD), p.head, p.head_keys, p.seed, speech.alignment.words, mood, shown, played)
        pose = self._stage("pose", posed, lambda: directed_pose(p, speech, mood, shown, played))
        looking = (p.active(Track.BLINK), p.active(Track.GAZE), p.blink, p.blinks, p.blinks_removed, p.gaze, p.gaze_keys, p.seed)
        eyes = self._stage(
            "eyes",
            (*looking, pauses_of(speech.alignment), mood, pose, shown, played),
            lambda: eye_motion(p, speech.alignment, mood, pose, shown, played),
        )
        # A muted mouth is the photo's own, not a closed one: nothing acts on it, nor on a face that a movie has lost.
        heard = float(talks) * present
        return Motion(
            rate=p.rate,
            lip=(heard[..., None] * lip).astype(np.float32),
            emotion=(present[..., None] * expression.deformation).astype(np.float32),
            pose=(FACING + present * (pose - FACING)).astype(np.float32),
            eyes=(present * eyes).astype(np.float32),
            mouth=(heard * _mouth(art, expression)).astype(np.float32),
            target_openness=art.asked,
            source=ground.source,
        )

    def _by_ear(self, p: Project, plan: Plan, speech: SpeechFacts) -> Plan:
        """The plan with lips that networks move, as far as the project asks for it."""
        ear = self._stage("ear", (), self._ear)
        alignment, style = speech.alignment, p.learned.style
        heard = self._stage(
            "heard", (ear, speech, style), lambda: learned_tracks(ear, alignment, style, self._rig, p.speech.set_by_hand())
        )
        return self._stage("by ear", (plan, heard, p.learned.lips), lambda: by_ear(plan, heard, p))

    def _by_network(
        self, p: Project, clips: tuple[EmotionClip, ...], felt: tuple[FeltEmotion, ...], speech: SpeechFacts, shown: ArrayF64
    ) -> tuple[FeltEmotion, ...]:
        """Emotions that a network makes, as far as the project asks for it."""
        ear = self._stage("ear", (), self._ear)
        style, wanted, share = p.learned.style, emotions_to_learn(clips), p.learned.emotion
        asked = (ear, speech, style, wanted)
        learned = self._stage("expressions", asked, lambda: learned_expressions(ear, speech.alignment, style, wanted))
        return self._stage(
            "by network", (felt, learned, share, shown), lambda: felt_by_network(felt, clips, learned, share, shown)
        )

    def _ear(self) -> Ear:
        if self._listen is None:
            raise WeightsError("There are no networks here that move lips by ear; let the phones move them.")
        return self._listen()

    def _stage(self, name: str, inputs: tuple[object, ...], make: Callable[[], _Value]) -> _Value:
        """A stage's result: the one kept, where it came from the same inputs, otherwise a new one."""
        kept = self._kept.get(name)
        if kept is not None and all(_same(old, new) for old, new in zip(kept[0], inputs, strict=True)):
            return cast(_Value, kept[1])
        value = make()
        self._kept[name] = (inputs, value)
        return value


def _same(old: object, new: object) -> bool:
    """Whether two inputs are one: facts, arrays and results of stages by identity, controls by value."""
    return old is new or (not isinstance(new, np.ndarray) and old == new)
