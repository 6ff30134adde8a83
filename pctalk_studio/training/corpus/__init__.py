"""Corpora of speech with motion: speech of free synthesizers whose phone times are exact, and real videos.

``build`` makes a folder of shards, ``store`` reads it, ``motion`` solves the motion of an utterance.
"""
