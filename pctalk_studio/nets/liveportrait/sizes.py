"""Widths and depths of the networks; the official ones are the default, tests build tiny ones of the same structure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NetworkSizes:
    """How wide and deep the seven networks are (values: ``src/config/models.yaml`` of LivePortrait).

    Parameters
    ----------
    keypoints
        Implicit keypoints of a face.
    width
        Channels of the first layer of the appearance extractor and of the last of the generator; everything else in these two
        and in the warping module is a multiple.
    volume_channels, volume_depth
        Channels and depth of the appearance volume.
    compressed
        Channels to which the volume is squeezed before the dense motion network looks at it.
    hourglass_width, hourglass_levels
        Width of the dense motion network before its first halving, doubled at each, and how often it halves height and width.
    motion_widths, motion_depths
        Channels and blocks of the four stages of the motion extractor.
    angle_bins
        Bins in which it answers each angle of the head.
    stitching_layers, eye_layers, lip_layers
        Hidden layers of the three small networks.
    """

    keypoints: int = 21
    width: int = 64
    volume_channels: int = 32
    volume_depth: int = 16
    compressed: int = 4
    hourglass_width: int = 32
    hourglass_levels: int = 5
    motion_widths: tuple[int, ...] = (96, 192, 384, 768)
    motion_depths: tuple[int, ...] = (3, 3, 9, 3)
    angle_bins: int = 66
    stitching_layers: tuple[int, ...] = (128, 128, 64)
    eye_layers: tuple[int, ...] = (256, 256, 128, 128, 64)
    lip_layers: tuple[int, ...] = (128, 128, 64)

    @property
    def flat_volume(self) -> int:
        """Channels of the volume with its depth folded in."""
        return self.volume_channels * self.volume_depth

    @property
    def slots(self) -> int:
        """Motions from which the dense motion is mixed: one for each keypoint, and standing still."""
        return self.keypoints + 1

    @property
    def modulation(self) -> int:
        """Channels between the warped features and each pair of SPADE gains and offsets."""
        return 2 * self.width

    def hourglass_channels(self, level: int) -> int:
        """Channels after ``level`` halvings; level 0 is the input: a heat map and the squeezed volume for each slot."""
        if level == 0:
            return self.slots * (1 + self.compressed)
        return self.hourglass_width << level


OFFICIAL = NetworkSizes()
"""Human and animal weights alike."""
