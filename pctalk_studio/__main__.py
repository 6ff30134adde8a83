"""Composition root: the only module that knows every room."""

from __future__ import annotations

import sys
from pathlib import Path

from pctalk_studio.core.threads import one_math_thread, waiting_threads_sleep

one_math_thread()

from pctalk_studio.cli.main import run  # noqa: E402 - it brings numpy, which asks for its threads when it is loaded


def open_editor(path: Path | None) -> int:
    """Show the window, with a project if one is given; returns the exit code.

    Raises
    ------
    StudioError
        When no window can be shown here.
    """
    import os

    from pctalk_studio.cli.clip import engines
    from pctalk_studio.core.display import check_display
    from pctalk_studio.core.errors import StudioError
    from pctalk_studio.preview.audio_output import PortAudioDevices

    check_display(sys.platform, os.environ)
    # Once Qt is there, it reads the source of every module that is imported; so what knows no Qt comes first.
    import pctalk_studio.session.desk  # noqa: F401

    try:
        from pctalk_studio.app.shell.start import run_editor
    except ImportError as error:
        text = f"The window cannot be shown, because Qt cannot be loaded ({error}); 'pctalk-studio doctor' says what is missing."
        raise StudioError(text, repr(error)) from error
    return run_editor(path, engines(), PortAudioDevices())


def main() -> int:
    """Run what was typed; returns the exit code."""
    waiting_threads_sleep()
    return run(sys.argv[1:], open_editor)


if __name__ == "__main__":
    sys.exit(main())
