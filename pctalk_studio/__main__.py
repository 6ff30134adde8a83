"""Composition root: the only module that knows every room."""

from __future__ import annotations

import sys

from pctalk_studio.cli.main import run


def main() -> int:
    """Run what was typed; returns the exit code."""
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
