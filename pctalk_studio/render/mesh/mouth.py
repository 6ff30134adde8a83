"""The mouth of one face in layers: two lips that slide, and behind them teeth, gums, tongue and darkness.

Everything is drawn in the *unposed picture*, the photo with its own head pose, where the skull stands still: upper teeth never
move there, lower teeth move with the jaw. Head motion is applied afterwards to the finished picture.
"""

from __future__ import annotations

from dataclasses import dataclass

from pctalk_studio.core.errors import RenderError
from pctalk_studio.core.face import FaceRig
from pctalk_studio.render.mesh.lip_light import LipLight, LipSeam
from pctalk_studio.render.mesh.lips import LipCurves, lip_layers
from pctalk_studio.render.mesh.moustache import hides_lips
from pctalk_studio.render.mesh.mouth_corners import without_dark_corners
from pctalk_studio.render.mesh.mouth_frame import U8, MouthFrame, Points
from pctalk_studio.render.mesh.mouth_interior import InteriorPatch, MouthInterior, Skull
from pctalk_studio.render.mesh.mouth_look import MouthLook

STRETCHED = 0.028
"""Height of a lip that a laugh has stretched, E, of which all is lip."""


@dataclass(frozen=True, slots=True, eq=False)
class MouthLayers:
    """Everything that drawing the mouth needs, studied once per source.

    Parameters
    ----------
    origin
        (x, y) of the region's top left corner, picture pixels.
    size
        (width, height) of the region.
    upper_texture, lower_texture
        [h, w, 3] uint8: the region as the upper and the lower layer show it.
    frame
        The mouth's plane.
    inside
        What lies between the lips.
    light
        Light on the lips and beside them.
    """

    origin: tuple[int, int]
    size: tuple[int, int]
    upper_texture: U8
    lower_texture: U8
    frame: MouthFrame
    inside: MouthInterior
    light: LipLight

    @classmethod
    def of(cls, picture: U8, rig: FaceRig, known: MouthLook | None = None) -> MouthLayers:
        """Study a picture.

        Parameters
        ----------
        picture
            [H, W, 3] uint8 RGB.
        rig
            The face in it, in this picture's pixels.
        known
            What the mouth looks like in another frame of the same movie; what is painted in it is then the same in all frames,
            and stands where the skull has it, whatever this frame happens to show.

        Raises
        ------
        RenderError
            When the picture does not show the mouth.
        """
        frame = MouthFrame.of(rig)
        if frame.roi.empty:
            raise RenderError("The mouth of this face lies outside the picture; use a picture that shows the whole face.")
        curves = LipCurves.of(rig, frame)
        look = MouthLook.of(picture, rig) if known is None else known
        bare = without_dark_corners(picture, frame, curves)
        upper, lower = lip_layers(bare, frame, curves, look, hides_lips(rig), 0.0 if known is None else STRETCHED)
        seam = LipSeam.of(bare, frame, curves, upper, lower)
        skull = None if known is None else Skull.of(rig, frame)
        inside = MouthInterior.of(picture, rig, frame, curves, look, seam.slack, skull)
        origin = (frame.roi.x0, frame.roi.y0)
        size = (frame.roi.x1 - frame.roi.x0, frame.roi.y1 - frame.roi.y0)
        return cls(origin, size, upper, lower, frame, inside, LipLight.of(rig, frame, seam))

    @property
    def look(self) -> MouthLook:
        """The photo's appearance around the mouth."""
        return self.inside.look

    def interior(
        self,
        upper: Points,
        lower: Points,
        jaw: tuple[float, float] = (0.0, 0.0),
        tuck: float = 0.0,
        tongue: float = 0.0,
    ) -> InteriorPatch | None:
        """Paint what shows between the lips.

        Parameters
        ----------
        upper, lower
            [N, 2] inner edges of the lips, picture pixels, unposed, from the corner on the picture's left to the other.
        jaw
            Displacement of the jaw from where the photo has it, (right, down) pixels.
        tuck, tongue
            Channels of :data:`pctalk_studio.core.motion.MOUTH_CHANNELS`.

        Returns
        -------
        The patch, or None where the lips leave no opening.
        """
        return self.inside.paint(upper, lower, jaw, tuck, tongue)

    def shade(
        self,
        region: U8,
        upper: Points,
        lower: Points,
        press: float = 0.0,
        smile: float = 0.0,
        stretch: float = 0.0,
    ) -> U8:
        """Correct the light on the composed mouth region.

        Parameters
        ----------
        region
            [h, w, 3] uint8: the region (``origin``, ``size``) with lips and interior put together, unposed.
        upper, lower
            As for :meth:`interior`.
        press
            0 to 1, lips rolled in.
        smile
            -1 to 1: corners up; 1 is a broad smile.
        stretch
            -1 to 1: corners apart; 1 is a broad smile or EE.

        Returns
        -------
        [h, w, 3] uint8.
        """
        return self.light.applied(region, self.frame, (upper, lower), (press, smile, stretch))
