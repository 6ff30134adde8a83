"""Speech: from a recording, and a transcript where there is one, to words, phones, loudness, pitch and activity.

``facts.speech_facts`` is the door. Knows no pictures, no controls and no files of its own; everything that it reads besides the
recording lies in installed packages, and nothing is ever downloaded.
"""
