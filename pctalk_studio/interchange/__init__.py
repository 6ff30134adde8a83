"""Facts and motion in files of other programs: TextGrid, JSON, TIMIT in and out.

Files may come from strangers: whatever they hold, reading ends in a value or in an InterchangeError, in bounded memory.
"""
