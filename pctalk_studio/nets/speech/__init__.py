"""Networks that make motion out of sound: audio encoder, expression predictor, lip refiner, style encoder, synchrony networks.

All count frames at 25 a second and keypoints in the MESH layout, face frame, unit E (core/prediction.py). torch is imported here.
"""
