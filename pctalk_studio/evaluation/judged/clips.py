"""Every judge on a finished clip."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.face.tracker import FaceTracker
from pctalk_studio.core.errors import FaceError, MediaError, UsageError, WeightsError
from pctalk_studio.core.progress import ProgressEvent, ProgressListener, silent
from pctalk_studio.evaluation.judged import lip_sync as sync
from pctalk_studio.evaluation.judged.alignment import chip, model_crop, sync_crop
from pctalk_studio.evaluation.judged.cepstra import RATE as HEARD_RATE
from pctalk_studio.evaluation.judged.cepstra import cepstra_of
from pctalk_studio.evaluation.judged.frechet import frechet_distance
from pctalk_studio.evaluation.judged.niqe import niqe, published_statistics, shipped_statistics
from pctalk_studio.evaluation.report import Metric, told
from pctalk_studio.media.reader import MovieReader
from pctalk_studio.media.sound import read_sound
from pctalk_studio.nets.store import FileState, ModelStore

if TYPE_CHECKING:
    from torch import nn

ArrayF32 = npt.NDArray[np.float32]
PictureU8 = npt.NDArray[np.uint8]
Network = TypeVar("Network", bound="nn.Module")

LOOKED_AT = 64
"""Pictures of a clip, evenly spread, that FID, NIQE, E-FID and Acc_emo look at."""
MOVING, APART = 16, 16
"""Frames of each piece that FVD looks at, and from the start of one to that of the next."""
UNMEASURED = (WeightsError, MediaError, UsageError)
"""What a measure may end in that only means that there is none."""
LEAST_PIECES = 2
"""Pieces below which their covariance means nothing, and FVD is the distance of the means alone."""


class Judges:
    """The networks of a store, each read when it is first asked for.

    Parameters
    ----------
    store
        Where weights lie.
    """

    def __init__(self, store: ModelStore) -> None:
        self._store = store
        self._read: dict[str, object] = {}

    def path(self, name: str) -> Path:
        """Where the weights of a judge lie.

        Raises
        ------
        WeightsError
            When they do not; the sentence says how to get them.
        """
        (file,) = self._store.catalogue.chosen((f"judges/{name}",))
        report = self._store.look(file)
        if report.state is FileState.PRESENT:
            return report.path
        if report.remark:
            raise WeightsError(report.remark)
        how = f"'pctalk-studio models fetch judges/{name}'" if file.address else "'pctalk-studio models import FOLDER'"
        raise WeightsError(f"The weights of 'judges/{name}' are {report.state}; get them with {how}.")

    def has(self, name: str) -> bool:
        """Whether the weights of a judge lie there."""
        (file,) = self._store.catalogue.chosen((f"judges/{name}",))
        return self._store.look(file).state is FileState.PRESENT

    def network(self, name: str, load: Callable[[Path], Network]) -> Network:
        """A judge, ready; WeightsError as :meth:`path`, and when the file is not what it should be."""
        if name not in self._read:
            self._read[name] = load(self.path(name))
        found: Network = self._read[name]  # type: ignore[assignment]
        return found


@dataclass(frozen=True, eq=False)
class JudgedClip:
    """One clip, its landmarks found once, its features computed when they are asked for.

    Parameters
    ----------
    path
        A movie.
    landmarks
        [T, 478, 2] pixels; frames without a face hold those of the nearest frame with one.
    judges
        The networks.
    """

    path: Path
    landmarks: npt.NDArray[np.float64]
    judges: Judges

    @classmethod
    def of(cls, path: Path, judges: Judges, progress: ProgressListener = silent) -> JudgedClip:
        """Find the face in every frame.

        Raises
        ------
        MediaError
            When the clip cannot be read.
        FaceError
            When no frame shows a face.
        """
        reader, found = MovieReader(path), []
        with FaceTracker(1) as tracker:
            for frame in reader:
                points = tracker.landmarks_of(frame.rgb)
                found.append(np.full((478, 2), np.nan) if points is None else points[:, :2])
                progress(ProgressEvent("find faces", frame.index + 1, len(reader)))
        stack = np.array(found).reshape(-1, 478, 2)
        seen = np.flatnonzero(np.isfinite(stack[:, 0, 0]))
        if not len(seen):
            raise FaceError(f"'{path}' shows no face; the clip cannot be judged.")
        nearest = seen[np.abs(np.arange(len(stack))[:, None] - seen[None, :]).argmin(axis=1)]
        return cls(path, stack[nearest], judges)

    def _frames(self, chosen: Sequence[int]) -> Iterator[tuple[int, PictureU8]]:
        wanted = set(chosen)
        for frame in MovieReader(self.path):
            if frame.index in wanted and frame.index < len(self.landmarks):
                yield frame.index, frame.rgb

    @cached_property
    def looked_at(self) -> list[int]:
        """Frames that are looked at one by one."""
        return sorted({int(k) for k in np.linspace(0, len(self.landmarks) - 1, LOOKED_AT)})

    def at_25(self) -> list[int]:
        """Which frame shows at each 25th of a second."""
        rate = float(MovieReader(self.path).facts.rate)
        count = int(len(self.landmarks) / rate * sync.RATE + 1e-6)
        return [min(len(self.landmarks) - 1, int(k * rate / sync.RATE + 0.5)) for k in range(count)]

    @cached_property
    def lip_sync(self) -> sync.LipSync:
        """LSE-D, LSE-C and offset.

        Raises
        ------
        WeightsError
            When SyncNet is not there.
        MediaError
            When the clip has no sound, or is shorter than a window.
        """
        from pctalk_studio.evaluation.judged.features import sync_embeddings
        from pctalk_studio.nets.judges.loading import judge_of
        from pctalk_studio.nets.judges.syncnet import SyncNet

        network = self.judges.network("syncnet", lambda path: judge_of(SyncNet, path))
        order, boxes = self.at_25(), sync.boxes_of(self.landmarks)
        crops = {index: sync_crop(picture, boxes[index]) for index, picture in self._frames(order)}
        cepstra = cepstra_of(read_sound(self.path).mono(HEARD_RATE))
        lips, sound = sync_embeddings(network, [crops[index] for index in order], cepstra)
        if not len(lips):
            raise MediaError(f"'{self.path}' is too short for SyncNet; judge clips of a second or more.")
        return sync.lip_sync(lips, sound)

    @cached_property
    def pictures(self) -> ArrayF32:
        """Features [N, 2048] for FID; WeightsError when Inception is not there."""
        from pctalk_studio.evaluation.judged.features import picture_features
        from pctalk_studio.nets.judges.inception import Inception
        from pctalk_studio.nets.judges.loading import judge_of

        network = self.judges.network("inception", lambda path: judge_of(Inception, path))
        return picture_features(network, (picture for _, picture in self._frames(self.looked_at)))

    @cached_property
    def movement(self) -> ArrayF32:
        """Logits [N, 400] for FVD, one row per piece of 16 frames; WeightsError when I3D is not there."""
        from pctalk_studio.evaluation.judged.features import clip_features
        from pctalk_studio.nets.judges.i3d import I3D
        from pctalk_studio.nets.judges.loading import judge_of

        network = self.judges.network("i3d", lambda path: judge_of(I3D, path))
        return clip_features(network, self._pieces())

    def _pieces(self) -> Iterator[PictureU8]:
        """Pieces [16, 224, 224, 3]: the short side at 224, the middle."""
        kept: list[PictureU8] = []
        for _, picture in self._frames(range(len(self.landmarks))):
            kept.append(_middle(picture))
            if len(kept) == MOVING:
                yield np.stack(kept)
                kept = kept[APART:]

    @cached_property
    def expressions(self) -> ArrayF32:
        """Coefficients [N, 64] for E-FID; WeightsError when Deep3DFaceRecon is not there."""
        from pctalk_studio.evaluation.judged.features import expressions
        from pctalk_studio.nets.judges.face_reconstruction import load_face_reconstruction

        network = self.judges.network("face_reconstruction", load_face_reconstruction)
        faces = (model_crop(picture, self.landmarks[index]) for index, picture in self._frames(self.looked_at))
        return expressions(network, faces)

    @cached_property
    def emotions(self) -> dict[str, float]:
        """Share of each emotion; WeightsError when Emotion-FAN is not there."""
        from pctalk_studio.evaluation.judged.features import emotion_shares
        from pctalk_studio.nets.judges.emotion_fan import load_emotion_fan

        network = self.judges.network("emotion_fan", load_emotion_fan)
        faces = (chip(picture, self.landmarks[index]) for index, picture in self._frames(self.looked_at))
        return emotion_shares(network, faces)

    @property
    def emotion(self) -> str:
        """The emotion with the largest share."""
        return max(self.emotions, key=self.emotions.__getitem__)

    @cached_property
    def niqe(self) -> tuple[str, float]:
        """Which statistics, and the mean distance from them over the pictures looked at.

        Raises
        ------
        WeightsError
            When the published statistics are there and damaged.
        MediaError
            When the pictures are smaller than one block.
        """
        pristine = published_statistics(self.judges.path("niqe")) if self.judges.has("niqe") else shipped_statistics()
        try:
            values = [niqe(picture, pristine) for _, picture in self._frames(self.looked_at)]
        except ValueError as error:
            raise MediaError(f"'{self.path}' is too small for NIQE; judge clips of 96 x 96 or more.") from error
        return pristine.source, float(np.mean(values))


def _middle(picture: PictureU8, side: int = 224) -> PictureU8:
    scale = side / min(picture.shape[:2])
    size = (max(side, round(picture.shape[1] * scale)), max(side, round(picture.shape[0] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(picture, size, interpolation=method)
    top, left = (small.shape[0] - side) // 2, (small.shape[1] - side) // 2
    return np.asarray(small[top : top + side, left : left + side], np.uint8)


def judge_clip(
    path: Path,
    judges: Judges,
    references: Sequence[Path] = (),
    emotion: str | None = None,
    progress: ProgressListener = silent,
) -> list[Metric]:
    """All measures that rest on networks.

    Parameters
    ----------
    path
        The clip.
    judges
        The networks; a measure whose network is not there says how to get it.
    references
        Real clips that the distances are measured from; without any, those that need them say so.
    emotion
        The emotion that was meant, for Acc_emo.
    progress
        Hears of every frame.

    Raises
    ------
    MediaError, FaceError
        When a clip cannot be read, or shows no face.
    """
    clip = JudgedClip.of(path, judges, progress)
    real = [JudgedClip.of(reference, judges, progress) for reference in references]
    return [
        *_or_why(("LSE-D", "LSE-C"), lambda: _sync_metrics(clip)),
        *_or_why(("FID",), lambda: [_distance_metric("FID", "pictures", clip, real)]),
        *_or_why(("NIQE",), lambda: [told(clip.niqe[0], "picture quality", clip.niqe[1], "", "lower is nearer to sharp photos")]),
        *_or_why(("FVD",), lambda: [_distance_metric("FVD", "movement", clip, real)]),
        *_or_why(("Acc_emo",), lambda: [_emotion_metric(clip, emotion)]),
        *_or_why(("E-FID",), lambda: [_distance_metric("E-FID", "expressions", clip, real)]),
    ]


def _or_why(codes: tuple[str, ...], measured: Callable[[], list[Metric]]) -> list[Metric]:
    """The metrics, or for each why there is none."""
    try:
        return measured()
    except UNMEASURED as error:
        return [told(code, "not measured", None, "", error.user_text) for code in codes]


def _sync_metrics(clip: JudgedClip) -> list[Metric]:
    found = clip.lip_sync
    at = f"at an offset of {found.offset} frames (25 a second); {found.distance_in_place:.2f} without any"
    return [
        told("LSE-D", "lip sync distance", found.distance, "", f"lower is better; {at}"),
        told("LSE-C", "lip sync confidence", found.confidence, "", f"higher is better; {at}"),
    ]


def distance(own: Sequence[JudgedClip], real: Sequence[JudgedClip], feature: str) -> tuple[float, str]:
    """Fréchet distance of clips from real ones by a feature of theirs, and what it rests on.

    Raises
    ------
    UsageError
        When there are no real clips.
    MediaError
        When the clips are too short for the feature.
    WeightsError
        When the network is not there.
    """
    if not real:
        raise UsageError("It is a distance from real clips; give them with --reference.")
    first, second = (np.concatenate([getattr(clip, feature) for clip in clips]) for clips in (own, real))
    if not len(first) or not len(second):
        raise MediaError(f"'{own[0].path}' or what it is compared with is too short; judge clips of a second or more.")
    few = min(len(first), len(second)) < LEAST_PIECES
    said = f"{len(first)} looks beside {len(second)}" + ("; too few for a covariance, so of their means alone" if few else "")
    return frechet_distance(first, second), said


def _distance_metric(code: str, feature: str, clip: JudgedClip, real: Sequence[JudgedClip]) -> Metric:
    value, said = distance([clip], real, feature)
    return told(code, f"distance of {feature}", value, "", f"lower is better; {said}")


def _emotion_metric(clip: JudgedClip, meant: str | None) -> Metric:
    seen = clip.emotion
    said = f"looks {seen} ({100 * clip.emotions[seen]:.0f} %)"
    if meant is None:
        return told("Acc_emo", "emotion that is seen", None, "", f"{said}; which was meant is given with --emotion")
    if meant not in clip.emotions:
        return told("Acc_emo", "emotion that is seen", None, "", f"{said}; these weights do not know '{meant}'")
    return told("Acc_emo", "emotion that is seen", float(seen == meant), "", f"{said}; meant was {meant}")
