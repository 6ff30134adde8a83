"""Composition root: the only module that knows every room."""

from __future__ import annotations


def main() -> int:
    """Run the command line; returns the exit code."""
    raise NotImplementedError
