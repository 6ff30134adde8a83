"""How faces at rest differ: ``python -m pctalk_studio.training.face_spread PORTRAIT... -o resources/face_spread.npz``.

Median and covariance of the keypoints of all given portraits that neither smile nor part their lips, less those of the mean face.
No picture and no single face can be recovered from them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pctalk_studio.analysis.face import find_face
from pctalk_studio.core.errors import StudioError
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.files import written_whole
from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.topology import INNER_LIP_MIDDLES, face_topology
from pctalk_studio.media.pictures import read_picture

_SMILING, _PARTED = 0.03, 0.03
"""Shift of the corners of the mouth, and gap of the lips, from which on a face is not at rest, E."""
_FEWEST = 10


def is_at_rest(rig: FaceRig) -> bool:
    """Whether a face neither smiles nor parts its lips."""
    corners = rig.delta()[[MESH.index("lip_corner_right"), MESH.index("lip_corner_left")]]
    upper, lower = INNER_LIP_MIDDLES
    return bool(np.abs(corners).max() < _SMILING and rig.shape[lower, 1] - rig.shape[upper, 1] < _PARTED)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the file; 0 on success, 2 when too few portraits are at rest."""
    parser = argparse.ArgumentParser(prog="python -m pctalk_studio.training.face_spread", description=__doc__)
    parser.add_argument("portraits", type=Path, nargs="+", help="photographs; those at rest are used")
    parser.add_argument("-o", "--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    mean, found = MESH.of_landmarks(face_topology().vertices), []
    for path in options.portraits:
        try:
            picture = read_picture(path)
            rig = find_face(picture.rgb, picture.content_hash)
        except StudioError as error:
            sys.stderr.write(f"{error.user_text}\n")
            continue
        if is_at_rest(rig):
            found.append((MESH.of_landmarks(rig.shape) - mean)[:, :2].ravel())
    if len(found) < _FEWEST:
        sys.stderr.write(f"{len(found)} portraits are at rest; give {_FEWEST} at least.\n")
        return 2
    differences = np.array(found, np.float64)
    middle = np.median(differences, axis=0)
    covariance = (differences - middle).T @ (differences - middle) / len(differences)
    with written_whole(options.out) as draft, draft.open("wb") as file:
        np.savez_compressed(file, middle=middle.astype(np.float32), covariance=covariance.astype(np.float32))
    sys.stdout.write(f"{len(found)} faces at rest\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
