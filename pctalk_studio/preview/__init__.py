"""What is seen and heard while editing: which frame is drawn next, and pictures against the clock of the sound.

Asks for pictures through ``render.api`` only; must not know which engine draws them, how motion is made, torch or Qt.
"""
