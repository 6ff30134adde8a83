"""Whether a window can be shown here."""

from __future__ import annotations

from collections.abc import Mapping

from pctalk_studio.core.errors import UsageError


def has_display(platform: str, environment: Mapping[str, str]) -> bool:
    """Whether there is a display, as far as can be told without asking for one.

    Parameters
    ----------
    platform
        As ``sys.platform``.
    environment
        As ``os.environ``.
    """
    if platform != "linux":
        return True
    return any(environment.get(name) for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"))


def check_display(platform: str, environment: Mapping[str, str]) -> None:
    """Refuse where no window can be shown.

    Raises
    ------
    UsageError
        With one sentence.
    """
    if not has_display(platform, environment):
        raise UsageError(
            "There is no display to show the window on; start it on a desktop, or see 'pctalk-studio --help' for the rest."
        )
