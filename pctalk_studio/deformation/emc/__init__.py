"""Emotion control: D_e as the emotional less the neutral articulation of the same phones.

In order: tables (action units, emotions, regions as data), mood (which emotion where and when), deformation (D_e).
"""
