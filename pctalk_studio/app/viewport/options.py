"""What the viewport shows besides the frame, as one value."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum

from PySide6.QtCore import QSettings


class Compare(StrEnum):
    """How the unedited clip is shown."""

    OFF = "off"
    WIPE = "wipe"
    SIDE = "side"


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """What the viewport shows besides the frame.

    Parameters
    ----------
    keypoints, regions, glow, safe_area
        Overlays.
    compare
        How the unedited clip is shown.
    divider
        Where the wipe divides the frame, 0 left to 1 right.
    held, switched
        The unedited clip is shown alone: as long as a key is held, and until it is switched off.
    """

    keypoints: bool = False
    regions: bool = False
    glow: bool = True
    safe_area: bool = False
    compare: Compare = Compare.OFF
    divider: float = 0.5
    held: bool = False
    switched: bool = False

    @property
    def alone(self) -> bool:
        """The unedited clip is shown, and nothing else."""
        return self.held or self.switched

    @property
    def comparing(self) -> bool:
        """The unedited clip is to be seen."""
        return self.alone or self.compare is not Compare.OFF


_KEPT = ("keypoints", "regions", "glow", "safe_area")


def read_options(settings: QSettings) -> ViewOptions:
    """The overlays that a person chose last."""
    begun = ViewOptions()
    kept = {name: str(settings.value(f"viewport/{name}", getattr(begun, name))).lower() == "true" for name in _KEPT}
    return replace(begun, **kept)  # type: ignore[arg-type]


def keep_options(settings: QSettings, options: ViewOptions) -> None:
    """Remember the overlays; comparing ends with the session."""
    for field in fields(options):
        if field.name in _KEPT:
            settings.setValue(f"viewport/{field.name}", getattr(options, field.name))
