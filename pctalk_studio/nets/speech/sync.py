"""Do these lips belong to this sound? A network on keypoints, by which the audio encoder learns, and Wav2Lip's on pictures."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from pctalk_studio.nets.speech.audio_encoder import AudioEncoder, ConvBlock, audio_blocks
from pctalk_studio.nets.speech.predictor import TYPICAL
from pctalk_studio.nets.speech.refiner import LIP_SIZE

SYNC_FRAMES = 5
"""Video frames that are compared with one mel window; both last 0.2 s and have the same middle."""


class KeypointSync(nn.Module):
    """Synchrony of five frames of lips with one mel window.

    Parameters
    ----------
    encoder
        Audio encoder, trained together with the rest.
    size
        Of the common space.
    """

    def __init__(self, encoder: AudioEncoder, size: int = 256) -> None:
        super().__init__()
        self.audio_encoder = encoder
        self.audio_head = nn.Linear(encoder.size, size)
        self.lip_encoder = nn.Sequential(
            nn.Linear(SYNC_FRAMES * LIP_SIZE, 256), nn.GELU(), nn.Linear(256, 256), nn.GELU(), nn.Linear(256, size)
        )
        self.correspondence = nn.Linear(encoder.size, SYNC_FRAMES * LIP_SIZE)
        self.warmth = nn.Parameter(torch.tensor(2.5))

    def hear(self, heard: Tensor) -> Tensor:
        """e_a [..., A] in the common space, length 1."""
        return functional.normalize(self.audio_head(heard), dim=-1)

    def see(self, lips: Tensor) -> Tensor:
        """Lips [..., 5, 27] of the canonical face, unit E, in the common space, length 1."""
        return functional.normalize(self.lip_encoder(lips.flatten(-2) / TYPICAL), dim=-1)

    def expected(self, heard: Tensor) -> Tensor:
        """Lips [..., 5, 27] unit E that e_a [..., A] lets expect; linear, trained beside the comparison, not used elsewhere."""
        out: Tensor = self.correspondence(heard).reshape(*heard.shape[:-1], SYNC_FRAMES, LIP_SIZE) * TYPICAL
        return out


def _face_blocks() -> list[ConvBlock]:
    plain: list[tuple[int, int, int, int | tuple[int, int], int]] = [
        (15, 32, 7, 1, 3), (32, 64, 5, (1, 2), 1), (64, 128, 3, 2, 1), (128, 256, 3, 2, 1), (256, 512, 3, 2, 1),
        (512, 512, 3, 2, 1),
    ]  # fmt: skip
    residuals = (0, 2, 3, 2, 2, 0)
    blocks = []
    for (inputs, outputs, kernel, stride, padding), more in zip(plain, residuals, strict=True):
        blocks.append(ConvBlock(inputs, outputs, kernel, stride, padding))
        blocks.extend(ConvBlock(outputs, outputs, 3, 1, 1, residual=True) for _ in range(more))
    return [*blocks, ConvBlock(512, 512, 3, 1, 0), ConvBlock(512, 512, 1, 1, 0)]


def _sync_audio_blocks() -> list[ConvBlock]:
    blocks = audio_blocks(32)
    return [*blocks[:11], ConvBlock(256, 256, 3, 1, 1, residual=True), *blocks[11:]]


FACE_SIZE = 96
"""Side of the faces that Wav2Lip's expert sees, pixels."""


def seen_faces(pictures: Tensor) -> Tensor:
    """What Wav2Lip's expert sees of pictures of a face: the lower half, five frames on top of each other.

    Parameters
    ----------
    pictures
        [B, 5, 3, H, W] RGB in 0 to 1, cut to the face; gradients pass through.

    Returns
    -------
    Tensor
        [B, 15, 48, 96] BGR.
    """
    rows, frames, _, height, width = pictures.shape
    flat = pictures.flip(2).reshape(rows * frames, 3, height, width)
    small = functional.interpolate(flat, (FACE_SIZE, FACE_SIZE), mode="bilinear", align_corners=False, antialias=True)
    return small[:, :, FACE_SIZE // 2 :].reshape(rows, frames * 3, FACE_SIZE // 2, FACE_SIZE)


class PictureSync(nn.Module):
    """Wav2Lip's lip-sync expert (``SyncNet_color``), for L_sync in image space (paper equations 8 and 13).

    The names of its layers are those of the published weights; see :func:`pctalk_studio.nets.speech.wav2lip.load_picture_sync`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.face_encoder = nn.Sequential(*_face_blocks())
        self.audio_encoder = nn.Sequential(*_sync_audio_blocks())

    def forward(self, mel: Tensor, faces: Tensor) -> tuple[Tensor, Tensor]:
        """Embeddings of sound and pictures, each [B, 512] of length 1.

        Parameters
        ----------
        mel
            [B, 1, 80, 16].
        faces
            [B, 15, 48, 96]: five frames BGR in 0 to 1, each the lower half of a face of 96 x 96.
        """
        heard = functional.normalize(self.audio_encoder(mel).flatten(1), dim=1)
        seen = functional.normalize(self.face_encoder(faces).flatten(1), dim=1)
        return heard, seen
