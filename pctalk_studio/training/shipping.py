"""Take weights over into the folder that ships: ``python -m pctalk_studio.training.shipping NETWORKS -o models``."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from pctalk_studio.core.errors import TrainingError
from pctalk_studio.core.files import written_whole
from pctalk_studio.nets.speech.manifest import MANIFEST, ShippedFile, read_manifest, write_manifest

MOST_BYTES = 20_000_000
"""Largest file that ships."""

PURPOSES = {
    "sync": "tells whether lips belong to sound; the audio encoder learned in it",
    "lac": "lips out of sound, phones and style, for any face",
    "emc": "what an emotion adds to a speaking face",
}


def ship(source: Path, folder: Path) -> tuple[ShippedFile, ...]:
    """Copy the weights of a folder and describe them in the manifest; files that ``source`` lacks stay as they are.

    Raises
    ------
    TrainingError
        When there are none, or one is too big.
    """
    found = [source / f"{name}.safetensors" for name in PURPOSES if (source / f"{name}.safetensors").is_file()]
    if not found:
        raise TrainingError(f"'{source}' holds no weights; name the folder that 'pctalk-studio train' wrote to.")
    known = {file.name: file for file in read_manifest(folder)} if (folder / MANIFEST).is_file() else {}
    for path in found:
        if path.stat().st_size > MOST_BYTES:
            raise TrainingError(f"'{path}' is bigger than {MOST_BYTES // 1_000_000} MB; train a smaller network.")
        with written_whole(folder / path.name) as draft:
            shutil.copyfile(path, draft)
        known[path.stem] = ShippedFile.of(folder / path.name, PURPOSES[path.stem])
    files = tuple(known[name] for name in PURPOSES if name in known)
    write_manifest(folder, files)
    return files


def main(argv: Sequence[str]) -> int:
    """Do it; 0 on success."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args(argv)
    ship(args.networks, args.output)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
