"""What each judge says of pictures and sound: numpy in, numpy out; torch stays in here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pctalk_studio.evaluation.judged.lip_sync import COLUMNS_PER_FRAME
from pctalk_studio.nets.judges.emotion_fan import EmotionFan
from pctalk_studio.nets.judges.face_reconstruction import FaceReconstruction
from pctalk_studio.nets.judges.i3d import I3D
from pctalk_studio.nets.judges.inception import Inception
from pctalk_studio.nets.judges.syncnet import COLUMNS, FRAMES, SyncNet

PictureU8 = npt.NDArray[np.uint8]
FeaturesF32 = npt.NDArray[np.float32]

BATCH = 8
"""Pictures or windows that go through a network at once."""


def _batches(items: Iterable[npt.NDArray[np.generic]]) -> Iterator[npt.NDArray[np.generic]]:
    batch: list[npt.NDArray[np.generic]] = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield np.stack(batch)
            batch = []
    if batch:
        yield np.stack(batch)


def _planes(pictures: npt.NDArray[np.generic]) -> Tensor:
    """Pictures [N, ..., H, W, 3] uint8 as [N, 3, ..., H, W] float32, 0 to 255."""
    return torch.from_numpy(pictures).movedim(-1, 1).float()


def _together(rows: list[Tensor]) -> FeaturesF32:
    return torch.cat(rows).numpy() if rows else np.zeros((0, 0), np.float32)


@torch.inference_mode()
def picture_features(network: Inception, pictures: Iterable[PictureU8]) -> FeaturesF32:
    """Features [N, 2048] of pictures [H, W, 3] uint8 RGB, all of one size."""
    return _together([network.features(_planes(batch) / 255) for batch in _batches(pictures)])


@torch.inference_mode()
def expressions(network: FaceReconstruction, faces: Iterable[PictureU8]) -> FeaturesF32:
    """Coefficients [N, 64] of faces cut by ``alignment.model_crop``."""
    return _together([network.expression(_planes(batch) / 255) for batch in _batches(faces)])


@torch.inference_mode()
def clip_features(network: I3D, clips: Iterable[PictureU8]) -> FeaturesF32:
    """Logits [N, 400] of clips [T, 224, 224, 3] uint8 RGB."""
    return _together([network.scores(_planes(clip[None]) / 127.5 - 1) for clip in clips])


@torch.inference_mode()
def emotion_shares(network: EmotionFan, faces: Iterable[PictureU8]) -> dict[str, float]:
    """How much a clip's faces, cut by ``alignment.chip``, show of each emotion; the shares sum to one."""
    features = torch.cat([network.embedded(_planes(batch) / 255) for batch in _batches(faces)])
    shares = network.scores(features).softmax(0)
    return dict(zip(network.labels, shares.tolist(), strict=True))


@torch.inference_mode()
def sync_embeddings(
    network: SyncNet, faces: Sequence[PictureU8], cepstra: npt.NDArray[np.float32]
) -> tuple[FeaturesF32, FeaturesF32]:
    """Embeddings of lips and of sound for every window of five frames.

    Parameters
    ----------
    network
        The judge.
    faces
        T crops [224, 224, 3] uint8 RGB, 25 a second.
    cepstra
        [13, C], 100 columns a second, from the same moment on.

    Returns
    -------
    tuple of FeaturesF32
        [W, 1024] each; window k begins at frame k and column 4 k. W is 0 for clips shorter than a window.
    """
    count = min(len(faces) - FRAMES + 1, (cepstra.shape[1] - COLUMNS) // COLUMNS_PER_FRAME + 1)
    starts = range(max(0, count))
    windows = (np.stack(faces[k : k + FRAMES])[..., ::-1] for k in starts)
    lips = [network.of_lips(_planes(np.ascontiguousarray(batch))) for batch in _batches(windows)]
    pieces = (cepstra[:, COLUMNS_PER_FRAME * k : COLUMNS_PER_FRAME * k + COLUMNS] for k in starts)
    sound = [network.of_sound(torch.from_numpy(np.asarray(batch, np.float32))[:, None]) for batch in _batches(pieces)]
    return _together(lips), _together(sound)
