"""The final render: a clip with its sound in a file, and contact sheets to look at.

Uses the same engine as everything else, through ``render.api`` only; must not know which one it is, nor torch or Qt.
"""
