"""The expression predictor: a style-aware autoregressive Transformer decoder after FaceFormer (Fan et al., 2022; paper S6).

It predicts each frame's delta from what it predicted before, the style, and what is heard at that frame. The same class is the
combined predictor CPred of emotion control, which is told an emotion besides.

Two things differ from FaceFormer's code, not from its mathematics. The aligned cross-attention lets a frame attend to its own
step of the memory alone; a softmax over one step is 1, so only the value and output projections remain, and only they are here.
And the keys and values of earlier frames are kept instead of computed again with every frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from pctalk_studio.core.keypoints import KEYPOINT_COUNT
from pctalk_studio.core.prediction import EMOTION_CLASSES, NEUTRAL, PHONE_CLASSES

MOTION_SIZE = 3 * KEYPOINT_COUNT
"""Numbers of one frame's delta."""

TYPICAL = 0.05
"""Unit E that the networks see as 1."""


@dataclass(frozen=True, slots=True)
class PredictorSettings:
    """Form of a predictor.

    Parameters
    ----------
    audio_size
        Length of e_a.
    size, heads, hidden, layers
        Of the decoder.
    period
        Frames after which the positions repeat (PPE).
    context
        Frames to either side whose sound and phones a frame also hears.
    emotional
        Whether it is told an emotion (CPred).
    """

    audio_size: int = 256
    size: int = 128
    heads: int = 4
    hidden: int = 256
    layers: int = 2
    period: int = 25
    context: int = 3
    emotional: bool = False


def periodic_positions(period: int, size: int) -> Tensor:
    """PPE [period, size]: sine and cosine of t mod period, in pairs."""
    t = torch.arange(period, dtype=torch.float64)[:, None]
    angle = t * torch.exp(torch.arange(0, size, 2, dtype=torch.float64) * (-torch.log(torch.tensor(1e4).double()) / size))
    return torch.stack([torch.sin(angle), torch.cos(angle)], dim=2).flatten(1).float()


def head_slopes(heads: int) -> Tensor:
    """ALiBi slopes [heads]: 2^(-8 (h+1) / heads); for four heads 1/4, 1/16, 1/64, 1/256."""
    return torch.pow(2.0, -8.0 * torch.arange(1, heads + 1, dtype=torch.float64) / heads).float()


def causal_bias(heads: int, frames: int, period: int) -> Tensor:
    """Biased causal mask [heads, T, T]: -slope floor((t - s) / period) for s <= t, minus infinity for the future."""
    t = torch.arange(frames)
    past = t[:, None] - t[None, :]
    bias = -head_slopes(heads)[:, None, None] * torch.div(past.clamp(min=0), period, rounding_mode="floor")
    return bias.masked_fill(past < 0, float("-inf"))


class Cache:
    """Keys and values of the frames so far, for each layer.

    Parameters
    ----------
    settings
        Of the predictor.
    rows
        Sequences side by side.
    frames
        Most frames of a sequence.
    device
        Where the predictor is.
    """

    def __init__(self, settings: PredictorSettings, rows: int, frames: int, device: torch.device) -> None:
        shape = (settings.layers, rows, settings.heads, frames, settings.size // settings.heads)
        self.keys = torch.zeros(shape, device=device)
        self.values = torch.zeros(shape, device=device)
        self.bias = causal_bias(settings.heads, frames, settings.period).to(device)
        self.length = 0


class DecoderLayer(nn.Module):
    """Self-attention with the biased causal mask, aligned cross-attention, feed-forward; each added and then normalised."""

    def __init__(self, settings: PredictorSettings) -> None:
        super().__init__()
        size = settings.size
        self.heads = settings.heads
        self.period = settings.period
        self.inward = nn.Linear(size, 3 * size)
        self.outward = nn.Linear(size, size)
        self.heard = nn.Linear(size, size)
        self.told = nn.Linear(size, size)
        self.widen = nn.Linear(size, settings.hidden)
        self.narrow = nn.Linear(settings.hidden, size)
        self.norms = nn.ModuleList(nn.LayerNorm(size) for _ in range(3))

    def _split(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        rows, frames, size = x.shape
        parts = self.inward(x).view(rows, frames, 3, self.heads, size // self.heads).permute(2, 0, 3, 1, 4)
        return parts[0], parts[1], parts[2]

    def _rest(self, x: Tensor, attended: Tensor, memory: Tensor) -> Tensor:
        rows, _, frames, _ = attended.shape
        joined = attended.transpose(1, 2).reshape(rows, frames, -1)
        x = self.norms[0](x + self.outward(joined))
        x = self.norms[1](x + self.told(self.heard(memory)))
        out: Tensor = self.norms[2](x + self.narrow(functional.relu(self.widen(x))))
        return out

    def forward(self, x: Tensor, memory: Tensor) -> Tensor:
        """All frames at once: [B, T, d] with memory [B, T, d]."""
        query, key, value = self._split(x)
        bias = causal_bias(self.heads, x.shape[1], self.period).to(x)
        return self._rest(x, functional.scaled_dot_product_attention(query, key, value, attn_mask=bias), memory)

    def step(self, x: Tensor, memory: Tensor, cache: Cache, layer: int) -> Tensor:
        """The next frame: [B, 1, d] with memory [B, 1, d]; its key and value are added to the cache."""
        now = cache.length
        query, key, value = self._split(x)
        cache.keys[layer, :, :, now : now + 1] = key
        cache.values[layer, :, :, now : now + 1] = value
        attended = functional.scaled_dot_product_attention(
            query,
            cache.keys[layer, :, :, : now + 1],
            cache.values[layer, :, :, : now + 1],
            attn_mask=cache.bias[:, now : now + 1, : now + 1],
        )
        return self._rest(x, attended, memory)


class ExpressionPredictor(nn.Module):
    """delta_pred = ExpPredictor(e_a, e_s) (paper equation 4), or CPred(emo, e_a) when ``settings.emotional``."""

    def __init__(self, settings: PredictorSettings) -> None:
        super().__init__()
        self.settings = settings
        size, taps = settings.size, 2 * settings.context + 1
        self.audio_near = nn.Conv1d(settings.audio_size, size, taps)
        self.audio_map = nn.Linear(size, size)
        # Without biases: phones that are not known add exactly nothing.
        self.phone_near = nn.Conv1d(len(PHONE_CLASSES), size, taps, bias=False)
        self.phone_map = nn.Linear(size, size, bias=False)
        self.motion_map = nn.Linear(MOTION_SIZE, size)
        self._decoder = tuple(DecoderLayer(settings) for _ in range(settings.layers))
        self.layers = nn.ModuleList(self._decoder)
        self.motion_out = nn.Linear(size, MOTION_SIZE)
        nn.init.zeros_(self.motion_out.weight)
        nn.init.zeros_(self.motion_out.bias)
        told = len(EMOTION_CLASSES) if settings.emotional else 0
        self.emotion_map = nn.Linear(told, size, bias=False) if told else None
        self.emotion_classes = nn.Linear(size, told) if told else None
        self.register_buffer("positions", periodic_positions(settings.period, size), persistent=False)

    def memory(self, audio: Tensor, phones: Tensor) -> Tensor:
        """What is heard and known at each frame, with its neighbours.

        Parameters
        ----------
        audio, phones
            [B, T + 2 context, A] and [B, T + 2 context, 40]: with ``context`` frames before and behind those asked for.

        Returns
        -------
        Tensor
            [B, T, d].
        """
        heard: Tensor = self.audio_map(functional.relu(self.audio_near(audio.transpose(1, 2)).transpose(1, 2)))
        known: Tensor = self.phone_map(functional.relu(self.phone_near(phones.transpose(1, 2)).transpose(1, 2)))
        return heard + known

    def emotion(self, emotions: Tensor) -> Tensor:
        """Emotion embedding of intensities [..., 8]; the neutral column is not read, so that neutral is the zero vector."""
        if self.emotion_map is None:
            raise ValueError("this predictor was not made for emotions")
        told = emotions.clone()
        told[..., NEUTRAL] = 0.0
        out: Tensor = self.emotion_map(told)
        return out

    def emotion_logits(self, embedding: Tensor) -> Tensor:
        """Which emotion an embedding [..., d] is of, for L_cls; [..., 8]."""
        if self.emotion_classes is None:
            raise ValueError("this predictor was not made for emotions")
        out: Tensor = self.emotion_classes(embedding)
        return out

    def condition(self, style: Tensor, emotions: Tensor | None, frames: int) -> Tensor:
        """Style [B, d] and emotions [B, T, 8] (CPred only) as one embedding for each frame, [B, T, d]."""
        spread = style[:, None].expand(-1, frames, -1)
        return spread if emotions is None else spread + self.emotion(emotions)

    def _token(self, previous: Tensor, condition: Tensor, first: int) -> Tensor:
        at = torch.arange(first, first + previous.shape[1], device=previous.device) % self.settings.period
        positions: Tensor = self.get_buffer("positions")
        out: Tensor = self.motion_map(previous / TYPICAL) + condition + positions[at]
        return out

    def forward(self, memory: Tensor, condition: Tensor, previous: Tensor) -> Tensor:
        """All frames at once, where the frames before are given.

        Parameters
        ----------
        memory, condition
            [B, T, d].
        previous
            [B, T, 63] unit E: delta of the frame before each; zeros for the first.

        Returns
        -------
        Tensor
            [B, T, 63] delta, unit E.
        """
        x = self._token(previous, condition, 0)
        for layer in self._decoder:
            x = layer(x, memory)
        out: Tensor = self.motion_out(x) * TYPICAL
        return out

    def step(self, memory: Tensor, condition: Tensor, previous: Tensor, cache: Cache) -> Tensor:
        """The next frame, [B, 63]: memory and condition [B, d], the last delta [B, 63]; the cache grows by one frame."""
        x = self._token(previous[:, None], condition[:, None], cache.length)
        for number, layer in enumerate(self._decoder):
            x = layer.step(x, memory[:, None], cache, number)
        cache.length += 1
        out: Tensor = self.motion_out(x[:, 0]) * TYPICAL
        return out

    def roll(self, memory: Tensor, condition: Tensor) -> Tensor:
        """Predict frame after frame from nothing but sound and conditions: [B, T, d] twice, to delta [B, T, 63]."""
        rows, frames, _ = memory.shape
        cache = Cache(self.settings, rows, frames, memory.device)
        last = memory.new_zeros(rows, MOTION_SIZE)
        out = []
        for t in range(frames):
            last = self.step(memory[:, t], condition[:, t], last, cache)
            out.append(last)
        return torch.stack(out, dim=1)


def shifted(delta: Tensor) -> Tensor:
    """The delta before each frame: [B, T, 63] one frame later, zeros first."""
    return functional.pad(delta, (0, 0, 1, 0))[:, :-1]
