"""What the seven networks are called in this program and in the files that hold them."""

from __future__ import annotations

from enum import StrEnum


class Network(StrEnum):
    """One network of LivePortrait."""

    APPEARANCE = "appearance"
    MOTION = "motion"
    WARPING = "warping"
    GENERATOR = "generator"
    STITCHING = "stitching"
    EYE = "eye"
    LIP = "lip"

    @property
    def words(self) -> str:
        """As people call it."""
        return _TITLES[self]

    @property
    def section(self) -> str | None:
        """Under which name the retargeting file holds it; None for those with a file of their own."""
        return _SECTIONS.get(self)


_TITLES = {
    Network.APPEARANCE: "appearance extractor",
    Network.MOTION: "motion extractor",
    Network.WARPING: "warping module",
    Network.GENERATOR: "generator",
    Network.STITCHING: "stitching network",
    Network.EYE: "eye retargeting network",
    Network.LIP: "lip retargeting network",
}
_SECTIONS = {Network.STITCHING: "retarget_shoulder", Network.EYE: "retarget_eye", Network.LIP: "retarget_mouth"}
