"""When: ruler, waveform, words, phones, curves, emotion clips, head, gaze and blinks over time."""
