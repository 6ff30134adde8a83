"""All metrics of one finished clip."""

from __future__ import annotations

from pathlib import Path

from pctalk_studio.core.errors import MediaError
from pctalk_studio.core.progress import ProgressListener, silent
from pctalk_studio.core.speech import Alignment
from pctalk_studio.evaluation import motion_metrics, speech_metrics
from pctalk_studio.evaluation.report import ClipReport, Metric
from pctalk_studio.evaluation.track import ClipTrack, track_clip
from pctalk_studio.media.sound import Sound, read_sound

_SOUND_RATE = 16000


def evaluate_clip(
    path: Path, alignment: Alignment | None = None, progress: ProgressListener = silent, looks: int = 4
) -> ClipReport:
    """Measure a finished clip on its pixels.

    Parameters
    ----------
    path
        The clip.
    alignment
        Phones of what is said in it; without them only what needs none is measured.
    progress
        Hears of every frame.
    looks
        Looks of the network per frame, 1 to 4.

    Raises
    ------
    MediaError
        When the clip cannot be read.
    FaceError
        When too few frames show a face.
    """
    track = track_clip(path, progress, looks)
    try:
        sound = read_sound(path)
    except MediaError:
        sound = None  # a clip may be silent; what needs sound is then left out
    return report_of(track, alignment, sound, str(path))


def report_of(track: ClipTrack, alignment: Alignment | None, sound: Sound | None, name: str) -> ClipReport:
    """All metrics of measurements that are already there."""
    metrics: list[Metric] = [*motion_metrics.found_share(track)]
    mono = sound.mono(_SOUND_RATE) if sound is not None else None
    if alignment is not None:
        metrics += speech_metrics.timing(track, alignment)
        metrics += speech_metrics.closures(track, alignment)
        metrics += speech_metrics.stillness(track, alignment)
        metrics += speech_metrics.vowel_order([(track, alignment)])
        if mono is not None:
            metrics += speech_metrics.loudness_slope(track, alignment, mono, _SOUND_RATE)
    if mono is not None:
        metrics += speech_metrics.envelope_sync(track, mono, _SOUND_RATE)
    metrics += motion_metrics.jitter(track)
    metrics += motion_metrics.flicker(track)
    metrics += motion_metrics.identity_drift(track)
    metrics += motion_metrics.blinking(track)
    metrics += motion_metrics.natural_size(track, alignment)
    return ClipReport(name, len(track), track.rate, len(track) / track.rate, tuple(metrics))
