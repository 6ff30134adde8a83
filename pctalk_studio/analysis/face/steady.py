"""Freeing tracks from a detector's jitter without delay: fixed-interval smoothing with measured noise and motion.

Each channel is a point that moves with nearly constant velocity (white acceleration), seen through white noise: a Kalman filter
and the Rauch-Tung-Striebel pass back over it (Rauch, Tung, Striebel 1965), which looks at past and future alike and therefore
lags behind nothing. How strong the noise is, is measured; how fast the velocity changes, too, moment by moment: a head at rest
is held still, and one that turns is followed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]

SHORTEST = 8
"""Frames below which there is nothing to measure noise by."""

_THIRD = 20.0
"""Variance of the third difference of white noise: 1 + 9 + 9 + 1."""
_NORMAL = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""
_WINDOWS = (5, 9, 17, 33)
"""Frames over which accelerations are looked for: short ones see blinks, long ones slow turns that noise hides from those."""
_LEAST = 1e-6
"""Noise that is always there, and as a part of a channel's range: numbers are no more exact than that."""
_SURE = 4.0
"""Squared acceleration counts as motion beyond so many times what noise alone makes of it."""


def noise_of(track: F64) -> F64:
    """Standard deviation [C] of the noise in channels over time [T, C].

    Third differences of anything that a face does are small beside those of noise, and a median does not see the few moments in
    which they are not.
    """
    if len(track) < SHORTEST:
        return np.zeros(track.shape[1])
    third = np.diff(track, 3, axis=0)
    return np.asarray(_NORMAL * np.median(np.abs(third - np.median(third, axis=0)), axis=0) / np.sqrt(_THIRD))


def steadied(track: F64, calm: float) -> F64:
    """Channels over time [T, C] without the jitter of whatever measured them.

    Parameters
    ----------
    track
        [T, C] evenly sampled.
    calm
        Least change of velocity in a frame that is always allowed for, as a part of the noise (variances): smaller values hold
        still longer. At 1e-4 about twenty frames are averaged where nothing moves, at 0.02 about six.
    """
    if len(track) < SHORTEST:
        return track.copy()
    # Channels without noise, drawn ones, must not divide by zero.
    noise: F64 = np.square(np.maximum(noise_of(track), _LEAST + _LEAST * np.ptp(track, axis=0)))
    return _smoothed(track, noise, _changing(track, noise) + calm * noise)


def _changing(track: F64, noise: F64) -> F64:
    """Variance [T, C] of the change of velocity from frame to frame, as far as it stands out from noise of variances [C]."""
    # With all that it draws in, this takes longer to import than the window takes to open.
    from scipy.ndimage import maximum_filter1d
    from scipy.signal import savgol_coeffs, savgol_filter

    found = np.zeros_like(track)
    for window in _WINDOWS:
        if window > len(track):
            break
        bend = savgol_filter(track, window, 2, deriv=2, axis=0, mode="interp")
        by_noise = float((savgol_coeffs(window, 2, deriv=2) ** 2).sum()) * noise
        moving = np.maximum(bend**2 - _SURE * by_noise, 0.0)
        # The parabola saw all of its window bend; the velocity may have changed anywhere in it.
        found = np.maximum(found, maximum_filter1d(moving, window, axis=0, mode="nearest"))
    return found


def _smoothed(track: F64, noise: F64, changing: F64) -> F64:
    """Fixed-interval smoothing of all channels at once.

    Parameters
    ----------
    track
        [T, C].
    noise
        [C] variance of what is measured.
    changing
        [T, C] variance of the change of velocity around each frame.
    """
    count, channels = track.shape
    place, speed = np.empty((count, channels)), np.empty((count, channels))
    # Entries of the symmetric covariances: place, both, speed; filtered, and predicted for the next frame.
    kept, ahead = np.empty((3, count, channels)), np.empty((3, count, channels))
    x, v = track[0].copy(), np.zeros(channels)
    # Nothing is known of the speed at the beginning, but that it is no greater than any.
    a, b, c = noise.copy(), np.zeros(channels), noise + 4 * np.abs(np.diff(track, axis=0)).max(axis=0) ** 2
    for t in range(count):
        if t:
            q = np.maximum(changing[t - 1], changing[t])
            x = x + v
            a, b, c = a + 2 * b + c + q / 3, b + c + q / 2, c + q
            ahead[:, t] = a, b, c
            gain_x, gain_v = a / (a + noise), b / (a + noise)
            error = track[t] - x
            x, v = x + gain_x * error, v + gain_v * error
            a, b, c = (1 - gain_x) * a, (1 - gain_x) * b, c - gain_v * b
        place[t], speed[t], kept[:, t] = x, v, (a, b, c)
    for t in range(count - 2, -1, -1):
        (a, b, c), (pa, pb, pc) = kept[:, t], ahead[:, t + 1]
        # Gain = P F' inverse(P ahead), for F of constant velocity.
        size = pa * pc - pb * pb
        g00, g01 = ((a + b) * pc - b * pb) / size, (b * pa - (a + b) * pb) / size
        g10, g11 = ((b + c) * pc - c * pb) / size, (c * pa - (b + c) * pb) / size
        dx, dv = place[t + 1] - (place[t] + speed[t]), speed[t + 1] - speed[t]
        place[t], speed[t] = place[t] + g00 * dx + g01 * dv, speed[t] + g10 * dx + g11 * dv
    return place
