"""Learned motion out of sound: what deformation asks for (core/prediction.py), answered by the trained networks."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pctalk_studio.core.errors import WeightsError
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.core.keypoints import KEYPOINT_COUNT, KeypointsF32
from pctalk_studio.core.prediction import (
    LAC_RATE,
    NEUTRAL,
    PHONE_CLASSES,
    ArrayF32,
    ExpressionRequest,
    FacePoints,
    LipRequest,
    StyleCode,
)
from pctalk_studio.core.resources import model_path
from pctalk_studio.core.speech import SILENCE
from pctalk_studio.nets.speech.audio_encoder import MEL_FLOOR, folded, mel_windows
from pctalk_studio.nets.speech.manifest import MANIFEST, verified
from pctalk_studio.nets.speech.models import EmcNetworks, LacNetworks, load_emc, load_lac
from pctalk_studio.nets.speech.refiner import whole_face
from pctalk_studio.nets.speech.windows import SpeechStream, spoken

_AT_ONCE = 256
"""Windows that the audio encoder takes in one batch."""

_RECORDINGS = 4
"""Recordings whose audio features are kept; a minute's are 1.5 MB."""

_SILENT = PHONE_CLASSES.index(SILENCE)

_SETTLED = LAC_RATE
"""Frames of silence after which the lips are at rest."""


class LearnedMotion:
    """The :class:`pctalk_studio.core.prediction.MotionPredictor` of trained weights.

    Threads may share it. Audio features are kept by the content of the mel spectrogram, so that changed phones, styles, emotions
    and faces cost no listening.

    Parameters
    ----------
    lac, emc
        Trained networks; they are set to evaluation, without gradients.
    identity
        Content hash of their files.
    """

    def __init__(self, lac: LacNetworks, emc: EmcNetworks, identity: str) -> None:
        if emc.form.audio_size != lac.audio_encoder.size or emc.form.size != lac.form.predictor.size:
            raise ValueError("CPred was not trained with this audio encoder and these styles")
        self._lac = lac.eval().requires_grad_(False)
        self._emc = emc.eval().requires_grad_(False)
        self._encoder = folded(lac.audio_encoder)
        self._identity = identity
        self._context = lac.form.predictor.context
        self._heard: OrderedDict[str, Tensor] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def styles(self) -> tuple[str, ...]:
        """Names of the styles that were trained."""
        return self._lac.form.styles

    @property
    def identity(self) -> str:
        """Content hash of the weights."""
        return self._identity

    @torch.inference_mode()
    def lips(self, request: LipRequest) -> KeypointsF32:
        """D_l, [T, 21, 3]; see the protocol."""
        memory = self._lac.predictor.memory(*self._surroundings(request.mel, request.phones))[0]
        condition = self._style(request.style).expand(1, len(memory), -1)
        delta = spoken(self._lac.predictor, memory, condition)
        return self._refined(memory, request.face, delta[0])

    def rest(self, style: StyleCode, face: FacePoints) -> KeypointsF32:
        """D_l of a face in silence, [21, 3]; see the protocol."""
        mel = np.full((1 + 80 * _SETTLED // LAC_RATE, 80), MEL_FLOOR, np.float32)
        phones = np.zeros((_SETTLED, len(PHONE_CLASSES)), np.float32)
        phones[:, _SILENT] = 1.0
        return np.asarray(self.lips(LipRequest(mel, phones, style, face))[-1])

    @torch.inference_mode()
    def expression(self, request: ExpressionRequest) -> KeypointsF32:
        """D_e = CPred(emotion) - CPred(neutral), [E, T, 21, 3]; see the protocol."""
        frames = len(request.phones)
        out = np.zeros((len(request.emotions), frames, KEYPOINT_COUNT, 3), np.float32)
        told = np.delete(request.emotions, NEUTRAL, axis=2).any(axis=(1, 2))
        felt = np.flatnonzero(told)
        if not len(felt):
            return out
        # Expressions without emotion are the very prediction that is taken off, so their difference is 0 and is not computed.
        predictor, context = self._emc.predictor, self._emc.form.context
        memory = predictor.memory(*self._surroundings(request.mel, request.phones, context))[0]
        style = self._style(request.style).expand(1, frames, -1)
        emotions = torch.from_numpy(np.ascontiguousarray(request.emotions[felt], np.float32))
        conditions = torch.cat([style, style + predictor.emotion(emotions)])
        combined = spoken(predictor, memory, conditions)
        out[felt] = (combined[1:] - combined[:1]).view(len(felt), frames, KEYPOINT_COUNT, 3).numpy()
        return out

    @torch.inference_mode()
    def style_of(self, delta: KeypointsF32) -> StyleCode:
        """The style of motion; see the protocol."""
        if delta.ndim != 3 or delta.shape[1:] != (KEYPOINT_COUNT, 3) or len(delta) < LAC_RATE:
            raise ValueError(f"a style needs a second of motion or more, not {delta.shape}")
        motion = torch.from_numpy(np.ascontiguousarray(delta, np.float32)).reshape(1, len(delta), -1)
        return StyleCode(embedding=self._lac.style_encoder(motion)[0].numpy())

    def stream(self, style: StyleCode, face: FacePoints) -> LipStream:
        """Lips frame by frame as sound arrives."""
        return LipStream(self, style, face)

    def _style(self, style: StyleCode) -> Tensor:
        """Embedding [d] of a style."""
        if style.embedding is not None:
            found = torch.from_numpy(np.ascontiguousarray(style.embedding, np.float32))
            if found.shape != (self._lac.form.predictor.size,):
                raise WeightsError("This style was learned by other networks than these; learn it from its clip again.")
            return found
        if style.name not in self.styles:
            raise WeightsError(f"The networks know no style '{style.name}'; choose from {', '.join(self.styles)}.")
        return self._lac.styles.row(self.styles.index(style.name))

    def _surroundings(self, mel: ArrayF32, phones: ArrayF32, context: int | None = None) -> tuple[Tensor, Tensor]:
        """e_a and phones of all frames and ``context`` more at both ends, [1, T + 2 context, N]."""
        around = self._context if context is None else context
        frames = len(phones)
        beyond = np.zeros((around, len(PHONE_CLASSES)), np.float32)
        beyond[:, _SILENT] = float(phones.any())
        known = torch.from_numpy(np.concatenate([beyond, phones.astype(np.float32), beyond]))
        return self._listen(mel, around, frames)[None], known[None]

    def _listen(self, mel: ArrayF32, around: int, frames: int) -> Tensor:
        """e_a of frames -around to frames + around, [frames + 2 around, A]; kept by content."""
        key = content_hash(mel, around, frames)
        with self._lock:
            if key in self._heard:
                self._heard.move_to_end(key)
                return self._heard[key]
        windows = torch.from_numpy(mel_windows(np.asarray(mel, np.float32), -around, frames + 2 * around))
        heard = torch.cat([self._encoder(part) for part in torch.split(windows, _AT_ONCE)])
        with self._lock:
            self._heard[key] = heard
            while len(self._heard) > _RECORDINGS:
                self._heard.popitem(last=False)
        return heard

    def _refined(self, memory: Tensor, face: FacePoints, delta: Tensor) -> KeypointsF32:
        k_ori, k_c = (
            torch.from_numpy(np.ascontiguousarray(points, np.float32)).reshape(1, -1) for points in (face.k_ori, face.k_c)
        )
        lips = self._lac.refiner(memory[None], k_ori, k_c, delta[None])[0]
        return np.asarray(whole_face(lips).view(-1, KEYPOINT_COUNT, 3).numpy(), np.float32)


class LipStream:
    """:meth:`LearnedMotion.lips` frame by frame, with the same numbers to rounding.

    The lips of a frame are known when the sound and the phones three frames later are. The first windows to be given are those of
    frames -3, -2 and -1; see :func:`pctalk_studio.nets.speech.audio_encoder.mel_windows`.

    Parameters
    ----------
    motion
        The networks.
    style, face
        As for :class:`pctalk_studio.core.prediction.LipRequest`.
    """

    def __init__(self, motion: LearnedMotion, style: StyleCode, face: FacePoints) -> None:
        self._motion = motion
        self._condition = motion._style(style)
        self._face = face
        self._stream = SpeechStream(motion._lac.predictor)
        self._taps = 2 * motion._context + 1
        self._audio: list[Tensor] = []
        self._phones: list[Tensor] = []

    @torch.inference_mode()
    def step(self, window: ArrayF32, phones: ArrayF32) -> KeypointsF32 | None:
        """Hear the next frame.

        Parameters
        ----------
        window
            [80, 16] mel window of the next frame.
        phones
            [40] phone shares of that frame, or zeros where no phones are known.

        Returns
        -------
        KeypointsF32 | None
            [21, 3] D_l of the frame three frames earlier; None before there is one.
        """
        heard = self._motion._encoder(torch.from_numpy(np.ascontiguousarray(window, np.float32))[None, None])
        self._audio.append(heard[0])
        self._phones.append(torch.from_numpy(np.ascontiguousarray(phones, np.float32)))
        if len(self._audio) < self._taps:
            return None
        predictor = self._motion._lac.predictor
        memory = predictor.memory(torch.stack(self._audio)[None], torch.stack(self._phones)[None])[0]
        del self._audio[0], self._phones[0]
        delta = self._stream.step(memory[0], self._condition)
        return np.asarray(self._motion._refined(memory, self._face, delta[None])[0])


LAC_FILE, EMC_FILE = "lac.safetensors", "emc.safetensors"


def shipped_motion(folder: Path | None = None) -> LearnedMotion:
    """The networks that ship with the program, or a user's own.

    Parameters
    ----------
    folder
        That holds ``lac.safetensors`` and ``emc.safetensors``; None: the shipped ones.

    Raises
    ------
    WeightsError
        When a file is missing or not what it should be.
    """
    lac, emc = (_file(folder, name) for name in (LAC_FILE, EMC_FILE))
    try:
        return LearnedMotion(load_lac(lac), load_emc(emc), content_hash(lac.read_bytes(), emc.read_bytes()))
    except ValueError as error:
        raise WeightsError(
            f"'{emc}' was trained with other networks than '{lac}'; use files of one training.", repr(error)
        ) from error


def _file(folder: Path | None, name: str) -> Path:
    if folder is None:
        return verified(_shipped_folder(), name.removesuffix(".safetensors"))
    if not (folder / name).is_file():
        raise WeightsError(f"'{folder}' holds no '{name}'; name the folder that 'pctalk-studio train' wrote to.")
    return folder / name


def _shipped_folder() -> Path:
    try:
        return model_path(MANIFEST).parent
    except FileNotFoundError as error:
        raise WeightsError(f"The installation lacks models/{MANIFEST}; install the program again.", str(error)) from error
