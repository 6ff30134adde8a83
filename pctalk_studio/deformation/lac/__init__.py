"""Lip-audio alignment by rule: phones to the channels of a mouth, and those to D_l of one face.

In order: targets (the table), segments (phones in context), dominance (blending), constraints (what must hold),
articulation (all of it, frame by frame), mapping (to keypoints).
"""
