"""Draws as predictors see them: with the frozen audio encoder's features in place of the mel spectrogram."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

from pctalk_studio.nets.speech.audio_encoder import MEL_FLOOR, AudioEncoder, folded, mel_windows
from pctalk_studio.training.batches import ArrayF32, Spoken, cut, held, phones_around

_AT_ONCE = 256


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A draw after listening.

    Parameters
    ----------
    audio
        [T, A] float32 e_a.
    spoken
        The draw; its mel spectrogram is not needed any more.
    """

    audio: ArrayF32
    spoken: Spoken


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """A batch of windows, each tensor with B rows; T frames, and C more at both ends of what is heard.

    Parameters
    ----------
    audio, phones
        [B, T + 2 C, A] and [B, T + 2 C, 40].
    lip, emotional
        [B, T, 63] unit E.
    style
        [B] numbers.
    emotion
        [B, 8].
    """

    audio: Tensor
    phones: Tensor
    lip: Tensor
    emotional: Tensor
    style: Tensor
    emotion: Tensor

    def to(self, device: torch.device) -> Windows:
        """The same on a device."""
        return Windows(*(getattr(self, each.name).to(device) for each in fields(self)))


class Listener:
    """The frozen audio encoder at work.

    Parameters
    ----------
    encoder
        Trained.
    half
        Whether to compute in bfloat16; features then are exact to three digits.
    """

    def __init__(self, encoder: AudioEncoder, half: bool = True) -> None:
        self._device = next(encoder.parameters()).device
        self._encoder = folded(encoder).to(self._device)
        self._half = half
        self.silence = self._features(np.full((1, 80), MEL_FLOOR, np.float32), 1)[0]

    def _features(self, mel: ArrayF32, frames: int) -> ArrayF32:
        windows = torch.from_numpy(mel_windows(mel, 0, frames))
        with torch.inference_mode(), torch.autocast(self._device.type, torch.bfloat16, enabled=self._half):
            parts = [self._encoder(part.to(self._device)) for part in torch.split(windows, _AT_ONCE)]
        return np.asarray(torch.cat(parts).float().cpu().numpy(), np.float32)

    def __call__(self, spoken: Spoken) -> Heard:
        """Listen to a draw."""
        return Heard(self._features(spoken.mel, spoken.frames), spoken)

    def of(self, draw: Callable[[int], Spoken]) -> Callable[[int], Heard]:
        """Draws with features."""
        return lambda number: self(draw(number))

    def windows(self, items: list[Heard], starts: list[int], frames: int, context: int) -> Windows:
        """Cut windows out of draws; beyond their ends there is silence, the lips rest, and what is felt is felt still.

        Parameters
        ----------
        items
            B draws.
        starts
            First frame of each window; may be negative.
        frames, context
            T and C.
        """
        pairs = list(zip(items, starts, strict=True))
        around = frames + 2 * context
        windows = Windows(
            _stacked([cut(item.audio, start - context, around, self.silence) for item, start in pairs]),
            _stacked([phones_around(item.spoken.phones, start - context, around) for item, start in pairs]),
            _stacked([cut(item.spoken.lip, start, frames) for item, start in pairs]),
            _stacked([held(item.spoken.emotional, start, frames) for item, start in pairs]),
            torch.tensor([item.spoken.style for item in items]),
            _stacked([item.spoken.emotion for item in items]),
        )
        return windows.to(self._device)

    def whole(self, item: Heard, context: int) -> Windows:
        """All of a draw as one window."""
        return self.windows([item], [0], item.spoken.frames, context)


def _stacked(rows: list[ArrayF32]) -> Tensor:
    return torch.from_numpy(np.stack(rows))
