"""Faces in pictures and movies: found, read, split into pose, identity and expression, and checked.

mediapipe is imported only when a face is looked for.
"""

from pctalk_studio.analysis.face.cache import RigCache, read_rig, write_rig
from pctalk_studio.analysis.face.find import ANALYSIS_VERSION, FoundFace, find_face, list_faces
from pctalk_studio.analysis.face.movie import follow_face
from pctalk_studio.analysis.face.networks import FaceNetworks
from pctalk_studio.analysis.face.points import POINT_NAMES, FacePoints
from pctalk_studio.analysis.face.track_cache import TrackCache
from pctalk_studio.analysis.face.tracker import FaceTracker

__all__ = [
    "ANALYSIS_VERSION",
    "POINT_NAMES",
    "FaceNetworks",
    "FacePoints",
    "FaceTracker",
    "FoundFace",
    "RigCache",
    "TrackCache",
    "find_face",
    "follow_face",
    "list_faces",
    "read_rig",
    "write_rig",
]
