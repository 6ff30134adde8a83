"""Make ``resources/niqe_local.npz``: statistics of sharp photos, which NIQE measures from.

``python -m pctalk_studio.evaluation.judged.niqe_statistics PICTURE... -o FILE.npz``. The file that ships was made from
sixteen CC0 portraits ``ai_*`` of the test media, which show no real person.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from pctalk_studio.core.files import written_whole
from pctalk_studio.evaluation.judged.niqe import pristine_of
from pctalk_studio.media.pictures import read_picture


def main() -> None:
    """Read pictures, take their statistics, write them."""
    parser = argparse.ArgumentParser(description="Take the statistics of sharp photos for NIQE.")
    parser.add_argument("pictures", type=Path, nargs="+", metavar="PICTURE")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="OUT.npz")
    args = parser.parse_args()
    found = pristine_of([read_picture(path).rgb for path in args.pictures], "NIQE-local")
    with written_whole(args.out) as draft, draft.open("wb") as file:
        np.savez_compressed(file, mean=found.mean.astype(np.float32), covariance=found.covariance.astype(np.float32))


if __name__ == "__main__":
    main()
