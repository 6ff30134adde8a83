"""LivePortrait's networks in our own code, loading the official weights unchanged.

What callers use (torch stays inside unless they ask for it)::

    files = {Network.APPEARANCE: path, ...}              # nets.names; nets.store finds them
    networks = load_networks(files)                      # strict; WeightsError says in a sentence what is wrong
    model = LivePortraitModel.tested(networks, best_policy())   # CPU, CUDA, MPS by the same code; self-test, fp32 fall-back

    crop = crop_matrix(landmarks, POINTS_478)            # [2, 3] float64, picture to crop; inverse_of() leads back
    (motion,) = model.read_motion(crops_256)             # [N, 256, 256, 3] uint8 -> FaceMotion: pose, expression, ... as numpy
    face = model.study(crop_256)                         # [256, 256, 3] uint8 -> StudiedFace, once per source; has nbytes
    k_source = motion.keypoints                          # [21, 3] float32
    k_driving = model.stitch(k_source, wanted)           # [N, 21, 3] float32; stitching comes last
    frames = model.draw(face, k_source, k_driving)       # Tensor [N, 3, 512, 512] float32 RGB 0 to 1, on the device
    pictures = to_bytes(frames)                          # [N, 512, 512, 3] uint8

Frames
    Pictures are RGB; pixels x right, y down. Keypoints are in the crop frame: x right, y down, z inward, -1 to 1 across the
    crop, as row vectors. *Transformed* keypoints are scale (canonical R + expression) + translation in x and y; ``draw``,
    ``stitch`` and the eye and lip shifts take these.

Precision
    ``Policy.dtype`` is that of the convolutions of warping and drawing alone; under bfloat16 half of them stay float32, and the
    picture stays within a hundredth, as it does under float16. Pose, keypoints, coordinates, sampling positions and statistics
    are float32 everywhere.

Memory
    A model on the processor holds 1.3 GB (transformed 3x3 weights are four times as many) and a frame 0.3 GB while it is drawn;
    on a card about 0.3 GB in float16. ``within_memory`` repeats work in smaller batches when memory runs out;
    ``model.release()`` gives up what a card has recorded.

Drafts
    The networks are convolutional: a crop of 128 gives frames of 256, at a quarter of the work. A side must be a multiple of 128.
"""

from pctalk_studio.nets.liveportrait.crop import (
    DRIVING_CROP,
    POINTS_203,
    POINTS_478,
    SOURCE_CROP,
    CropRule,
    LandmarkSet,
    crop_matrix,
    eye_ratios_203,
    inverse_of,
    lip_ratio_203,
)
from pctalk_studio.nets.liveportrait.model import LivePortraitModel, StudiedFace, planes, read_motions, to_bytes
from pctalk_studio.nets.liveportrait.networks import Networks, load_networks
from pctalk_studio.nets.liveportrait.policy import CPU, Policy, best_policy
from pctalk_studio.nets.liveportrait.pose import FaceMotion, angles_of, degrees_of_bins, rotation_matrix, transform
from pctalk_studio.nets.liveportrait.safety import is_out_of_memory, trouble_with, within_memory

__all__ = [
    "CPU",
    "DRIVING_CROP",
    "POINTS_203",
    "POINTS_478",
    "SOURCE_CROP",
    "CropRule",
    "FaceMotion",
    "LandmarkSet",
    "LivePortraitModel",
    "Networks",
    "Policy",
    "StudiedFace",
    "angles_of",
    "best_policy",
    "crop_matrix",
    "degrees_of_bins",
    "eye_ratios_203",
    "inverse_of",
    "is_out_of_memory",
    "lip_ratio_203",
    "load_networks",
    "planes",
    "read_motions",
    "rotation_matrix",
    "to_bytes",
    "transform",
    "trouble_with",
    "within_memory",
]
