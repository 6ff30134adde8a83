"""The two networks that mediapipe's wheel carries, a face detector and the 478-point mesh, behind two plain methods.

mediapipe is imported when networks are made, never before. The mesh is run by a graph of our own around mediapipe's landmark
subgraph: it takes a patch that we cut ourselves, so that rotation, scale and anti-aliasing are in our hands, and it tells how
sure it is that the patch shows a face, which the packaged solution keeps to itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

PictureU8 = npt.NDArray[np.uint8]

PATCH = 192
"""Side of the square patch that the mesh network sees, pixels."""

_STEP_MICROSECONDS = 33_333
_PRESENCE_STREAM = "facelandmarkcpu__face_presence_score"
_MESH_GRAPH = """
input_stream: "image"
input_stream: "roi"
output_stream: "landmarks"
node {
  calculator: "ConstantSidePacketCalculator"
  output_side_packet: "PACKET:with_attention"
  node_options: {
    [type.googleapis.com/mediapipe.ConstantSidePacketCalculatorOptions]: { packet { bool_value: true } }
  }
}
node {
  calculator: "FaceLandmarkCpu"
  input_stream: "IMAGE:image"
  input_stream: "ROI:roi"
  input_side_packet: "WITH_ATTENTION:with_attention"
  output_stream: "LANDMARKS:landmarks"
}
"""


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Send what native code writes to standard error to nowhere; Python's own messages of that moment are lost too."""
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:  # a windowed program may have no standard error at all
        yield
        return
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """A box in which the detector sees a face.

    Parameters
    ----------
    box
        (left, top, right, bottom) in pixels of the picture that was given; may reach over its border.
    keypoints
        [6, 2] float64 pixels: right eye, left eye, nose tip, mouth, right ear, left ear.
    confidence
        0 to 1.
    """

    box: tuple[float, float, float, float]
    keypoints: npt.NDArray[np.float64]
    confidence: float


class FaceNetworks:
    """Detector and mesh, ready to run; use as a context manager or close it. One instance serves one thread.

    Parameters
    ----------
    detector_confidence
        Detections below are not reported.
    """

    def __init__(self, detector_confidence: float = 0.3) -> None:
        self._clock = 0
        self._landmarks: Any = None
        self._presence = 0.0
        with quiet_stderr():
            from mediapipe.python.solutions.face_detection import FaceDetection

            self._detectors = [FaceDetection(detector_confidence, model_selection) for model_selection in (0, 1)]
            self._mesh = self._start_mesh()
            # The first runs of each graph print more; they also are the slow ones.
            blank = np.zeros((PATCH, PATCH, 3), np.uint8)
            self.mesh(blank)
            for near in (True, False):
                self.detect(blank, near=near)

    def _start_mesh(self) -> Any:  # noqa: ANN401 - the binding has no types
        import mediapipe
        from google.protobuf import text_format  # type: ignore[import-untyped]
        from mediapipe.calculators.util import thresholding_calculator_pb2
        from mediapipe.framework import calculator_pb2
        from mediapipe.python import packet_getter
        from mediapipe.python._framework_bindings import calculator_graph, resource_util, validated_graph_config

        resource_util.set_resource_dir(str(Path(mediapipe.__file__).parent.parent))
        expanded = validated_graph_config.ValidatedGraphConfig()
        expanded.initialize(graph_config=text_format.Parse(_MESH_GRAPH, calculator_pb2.CalculatorGraphConfig()))
        config = calculator_pb2.CalculatorGraphConfig()
        config.ParseFromString(expanded.binary_config)
        for node in config.node:
            if node.calculator == "ThresholdingCalculator":  # landmarks always come; the caller judges the presence
                options = thresholding_calculator_pb2.ThresholdingCalculatorOptions.ext
                node.options.Extensions[options].threshold = -1.0
        config.output_stream.append(_PRESENCE_STREAM)
        graph = calculator_graph.CalculatorGraph(graph_config=config)

        def keep_landmarks(_: str, packet: object) -> None:
            self._landmarks = packet_getter.get_proto(packet)

        def keep_presence(_: str, packet: object) -> None:
            self._presence = packet_getter.get_float(packet)

        graph.observe_output_stream("landmarks", keep_landmarks, True)
        graph.observe_output_stream(_PRESENCE_STREAM, keep_presence, True)
        graph.start_run()
        return graph

    def detect(self, picture: PictureU8, *, near: bool) -> list[Detection]:
        """Find faces in a picture [H, W, 3] uint8 RGB.

        Parameters
        ----------
        picture
            Of any size; it is shrunk to 128 or 192 pixels.
        near
            True for the detector trained on selfies, False for the one for faces some metres away.
        """
        height, width = picture.shape[:2]
        found = self._detectors[0 if near else 1].process(np.ascontiguousarray(picture)).detections or []
        out = []
        for one in found:
            box, points = one.location_data.relative_bounding_box, one.location_data.relative_keypoints
            left, top = box.xmin * width, box.ymin * height
            keypoints = np.array([(p.x * width, p.y * height) for p in points]) - 0.5
            corners = (left, top, left + box.width * width, top + box.height * height)
            out.append(Detection(corners, keypoints, float(one.score[0])))
        return out

    def mesh(self, patch: PictureU8) -> tuple[npt.NDArray[np.float64], float]:
        """Read the mesh of an upright face that fills two thirds of a patch [192, 192, 3] uint8 RGB.

        Returns
        -------
        tuple
            Landmarks [478, 3] float64 in pixels of the patch (integer coordinates are pixel centres; z in the same unit), and the
            probability that a face is there. Both come for every patch: look at the probability.
        """
        from mediapipe.framework.formats import rect_pb2
        from mediapipe.python import packet_creator
        from mediapipe.python._framework_bindings import image_frame

        self._clock += _STEP_MICROSECONDS
        frame = packet_creator.create_image_frame(data=np.ascontiguousarray(patch), image_format=image_frame.ImageFormat.SRGB)
        whole = rect_pb2.NormalizedRect(x_center=0.5, y_center=0.5, width=1.0, height=1.0, rotation=0.0)
        self._mesh.add_packet_to_input_stream("image", frame.at(self._clock))
        self._mesh.add_packet_to_input_stream("roi", packet_creator.create_proto(whole).at(self._clock))
        self._mesh.wait_until_idle()
        points = np.array([(p.x, p.y, p.z) for p in self._landmarks.landmark], np.float64) * PATCH
        points[:, :2] -= 0.5
        return points, float(self._presence)

    def close(self) -> None:
        """Give the networks' memory and threads back; closing twice is allowed."""
        if self._mesh is not None:
            self._mesh.close()
            self._mesh = None
            for detector in self._detectors:
                detector.close()

    def __enter__(self) -> FaceNetworks:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
