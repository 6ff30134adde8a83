"""Plain values that every room shares: time, errors, hashes, keypoints, motion, speech facts.

Must not know files' formats, threads, Qt, torch, OpenCV or any other room.
"""
