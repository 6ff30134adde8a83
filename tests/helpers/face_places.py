"""Points of the face that masks are painted on, unit E; without a side in the name: the subject's right, the picture's left."""

CHEEK, OTHER_CHEEK, NOSE, BROW = (-0.42, 0.3), (0.42, 0.3), (0.0, 0.35), (-0.4, -0.2)
