"""The seven networks together, read from their official files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pctalk_studio.nets.liveportrait.appearance import AppearanceExtractor
from pctalk_studio.nets.liveportrait.checkpoints import fill_network
from pctalk_studio.nets.liveportrait.generator import SpadeGenerator
from pctalk_studio.nets.liveportrait.motion import MotionExtractor
from pctalk_studio.nets.liveportrait.retargeting import KeypointMlp
from pctalk_studio.nets.liveportrait.sizes import OFFICIAL, NetworkSizes
from pctalk_studio.nets.liveportrait.warping import WarpingModule
from pctalk_studio.nets.names import Network
from pctalk_studio.nets.tensor_files import read_tensors


@dataclass(frozen=True, slots=True, eq=False)
class Networks:
    """All of LivePortrait in the plain formulation, float32, in inference mode, on the processor."""

    appearance: AppearanceExtractor
    motion: MotionExtractor
    warping: WarpingModule
    generator: SpadeGenerator
    stitching: KeypointMlp
    eye: KeypointMlp
    lip: KeypointMlp


def load_networks(files: Mapping[Network, Path], sizes: NetworkSizes = OFFICIAL) -> Networks:
    """Read the networks; a file that several share is read once.

    Parameters
    ----------
    files
        For each network the ``.pth`` or ``.safetensors`` file that holds it.
    sizes
        Widths and depths; the official ones unless in a test.

    Raises
    ------
    WeightsError
        When a file is not what it should be.
    """
    read = {path: read_tensors(path) for path in dict.fromkeys(files.values())}
    filled = {network: fill_network(path, network, read[path], sizes) for network, path in files.items()}
    return Networks(
        appearance=cast(AppearanceExtractor, filled[Network.APPEARANCE]),
        motion=cast(MotionExtractor, filled[Network.MOTION]),
        warping=cast(WarpingModule, filled[Network.WARPING]),
        generator=cast(SpadeGenerator, filled[Network.GENERATOR]),
        stitching=cast(KeypointMlp, filled[Network.STITCHING]),
        eye=cast(KeypointMlp, filled[Network.EYE]),
        lip=cast(KeypointMlp, filled[Network.LIP]),
    )
