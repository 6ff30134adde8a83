"""``doctor``: looks at what the program needs, and says what is missing and how to get it."""

from __future__ import annotations

import argparse
import importlib.metadata
import platform
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass

from pctalk_studio import __version__
from pctalk_studio.cli.output import say, say_json
from pctalk_studio.core.user_folders import cache_folder

PACKAGES = (
    "torch", "safetensors", "mediapipe", "numpy", "scipy", "opencv-contrib-python", "av", "pillow", "soundfile", "sounddevice",
    "pocketsphinx", "g2p-en",
)  # fmt: skip
CODECS = ("libx264", "aac")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Parameters
    ----------
    subject, state
        What, and how it is.
    ok
        Whether it works.
    needed
        Whether rendering depends on it.
    remedy
        How to get it, when it is missing.
    """

    subject: str
    state: str
    ok: bool = True
    needed: bool = True
    remedy: str = ""


def _versions() -> list[Finding]:
    found = [Finding("pctalk-studio", __version__), Finding("python", platform.python_version())]
    for name in PACKAGES:
        try:
            found.append(Finding(name, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            found.append(Finding(name, "missing", ok=False, remedy=f"pip install {name}"))
    return found


def _engines() -> list[Finding]:
    from pctalk_studio.nets.store import ModelStore
    from pctalk_studio.render.liveportrait import lacking_weights
    from pctalk_studio.render.mesh import MeshRenderer

    engine = MeshRenderer()
    lacking = lacking_weights(ModelStore())
    neural = "cannot draw: weights are missing or wrong" if lacking else "its weights are here; best on a graphics card"
    return [
        Finding("engine mesh", f"version {engine.version}, on the processor, nothing to download"),
        Finding("engine liveportrait", neural, not lacking, needed=False, remedy=lacking),
    ]


def _weights() -> list[Finding]:
    from pctalk_studio.nets.store import FileState, ModelStore

    store = ModelStore()
    wanted = store.catalogue.of_set("human")
    here = sum(store.look(file).state is FileState.PRESENT for file in wanted)
    state = f"{here} of {len(wanted)} files in {store.folder}; only the neural engine needs them"
    return [Finding("weights", state, here == len(wanted), needed=False, remedy="pctalk-studio models fetch")]


def _devices() -> list[Finding]:
    import torch

    found = [Finding("processor", f"{platform.machine()}, {torch.get_num_threads()} threads")]
    if torch.cuda.is_available():
        found.append(Finding("gpu", torch.cuda.get_device_name(0), needed=False))
    elif torch.backends.mps.is_available():
        found.append(Finding("gpu", "Apple Metal", needed=False))
    else:
        found.append(Finding("gpu", "none; the mesh engine needs none", ok=False, needed=False))
    return found


def _sound_output() -> list[Finding]:
    try:
        import sounddevice

        device = sounddevice.query_devices(kind="output")
    except (OSError, ValueError) as error:
        # OSError: no PortAudio library. ValueError (PortAudioError is none): no output device.
        remedy = "install PortAudio (Debian: apt install libportaudio2)" if isinstance(error, OSError) else "connect one"
        return [Finding("audio output", f"none: {error}", ok=False, needed=False, remedy=remedy)]
    except sounddevice.PortAudioError as error:
        return [Finding("audio output", f"none: {error}", ok=False, needed=False, remedy="connect an audio device")]
    return [Finding("audio output", str(device["name"]), needed=False)]


def _codecs() -> list[Finding]:
    import av

    from pctalk_studio.media.card_encoding import ON_CARD, why_not

    found = [
        Finding(f"encoder {name}", "available" if name in av.codecs_available else "missing", name in av.codecs_available,
                remedy="reinstall the av package from its own wheel: pip install --force-reinstall av")
        for name in CODECS
    ]  # fmt: skip
    for kind in ON_CARD.values():
        trouble = why_not(kind, (512, 512))
        state = f"does not open, so the processor encodes: {trouble}" if trouble else "opens; encodes what a card draws"
        found.append(Finding(f"encoder {kind.video_codec}", state, needed=False))
    return found


def _face_model() -> list[Finding]:
    from pathlib import Path

    import mediapipe

    folder = Path(mediapipe.__file__).parent / "modules"
    files = ("face_landmark/face_landmark_with_attention.tflite", "face_detection/face_detection_full_range_sparse.tflite")
    missing = [name for name in files if not (folder / name).is_file()]
    state = "bundled with mediapipe" if not missing else f"missing {', '.join(missing)}"
    return [Finding("face model", state, not missing, remedy="pip install --force-reinstall mediapipe==0.10.21")]


def _speech_model() -> list[Finding]:
    from pathlib import Path

    import pocketsphinx

    folder = Path(pocketsphinx.get_model_path()) / "en-us"
    ok = (folder / "en-us" / "means").is_file() and (folder / "cmudict-en-us.dict").is_file()
    state = "bundled with pocketsphinx (English)" if ok else "missing"
    return [Finding("speech model", state, ok, remedy="pip install --force-reinstall pocketsphinx==5.1.1")]


def _fonts() -> list[Finding]:
    from PIL import features

    ok = bool(features.check("freetype2"))
    state = "bundled with pillow" if ok else "pillow lacks FreeType; contact sheets would have tiny captions"
    return [Finding("font for captions", state, ok, needed=False, remedy="pip install --force-reinstall pillow")]


def _cache() -> list[Finding]:
    folder = cache_folder()
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(existing).free / 2**30
    return [Finding("cache folder", f"{folder}, {free:.1f} GiB free", ok=free > 0.5, needed=False, remedy="make room")]


LOOKS: tuple[tuple[str, Callable[[], list[Finding]]], ...] = (
    ("versions", _versions),
    ("engines", _engines),
    ("weights", _weights),
    ("devices", _devices),
    ("audio output", _sound_output),
    ("encoders", _codecs),
    ("face model", _face_model),
    ("speech model", _speech_model),
    ("fonts", _fonts),
    ("cache", _cache),
)


def examine() -> tuple[Finding, ...]:
    """Look at everything; a package that cannot even be imported is a finding too."""
    found: list[Finding] = []
    for subject, look in LOOKS:
        try:
            found += look()
        except ImportError as error:
            found.append(Finding(subject, f"cannot be loaded: {error}", ok=False, remedy="reinstall pctalk-studio"))
    return tuple(found)


def run(args: argparse.Namespace) -> int:
    """Print the findings; 0 when all that rendering needs is there, otherwise 1."""
    found = examine()
    healthy = all(finding.ok for finding in found if finding.needed)
    if args.json:
        say_json({"healthy": healthy, "findings": [asdict(finding) for finding in found]})
    else:
        width = max(len(finding.subject) for finding in found)
        for finding in found:
            mark = "ok" if finding.ok else ("MISSING" if finding.needed else "-")
            remedy = f"  ->  {finding.remedy}" if finding.remedy and not finding.ok else ""
            say(f"{mark:<8}{finding.subject:<{width}}  {finding.state}{remedy}")
        say("All that rendering needs is here." if healthy else "Something that rendering needs is missing; see above.")
    return 0 if healthy else 1
