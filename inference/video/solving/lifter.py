"""Runs the temporal lifter: a track of noisy landmarks to the orientations of the body's parts.

The network (`inference/training/video_lifter`) has seen 30 frames a second; other tracks are
resampled for it, so that a clip of 120 frames a second costs no more than one of 30, and its
answer is put between (the idea of key-frame tokens, HoT 2024).

Conventions: camera axes (x right, y down, z forward), meters, radians. Spreads of turns are about
the axes of the *view* of a frame, see `lifter_input`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ....core.camera import AnyCamera
from ....core.rotations import nearest_rotmat, rotmat_from_6d
from ....core.smpl import SMPL_MIRROR
from ...devices import Session
from ..observing.landmarks import MIRRORED, Track
from .initial_track import LARGEST_BETA
from .lifter_input import encode, view_rotations

FRAMERATE = 30.0  # that the network knows
WINDOW = 48  # frames at once, as in training
OVERLAP = 16
SHORTEST = 8  # frames; shorter tracks and photos are held longer
FLIP = np.array([-1.0, 1.0, 1.0])  # a mirror across the picture
OUTPUTS = ("sixd", "turn_spread", "spread", "contact", "up", "betas")


@dataclass(frozen=True)
class Lifted:
    """What a track's landmarks say.

    Attributes:
        orientations: [T, 24, 3, 3] camera from part.
        view: [T, 3, 3] camera from view.
        turn_spread: [T, 24, 3] rad about the view's axes.
        spread: [T, 24] meters, of joints about the pelvis.
        contact: [T, 4] probability that heel and toe stand, left then right.
        up: [T, 3] unit, the world's up.
        betas: [10] shape of the default body.
    """

    orientations: Array
    view: Array
    turn_spread: Array
    spread: Array
    contact: Array
    up: Array
    betas: Array

    def shape(self) -> Array:
        """[10] betas within what bodies can be."""
        return np.clip(self.betas, -LARGEST_BETA, LARGEST_BETA)

    def part(self, frames: slice) -> "Lifted":
        """The same of some frames."""
        names = ("orientations", "view", "turn_spread", "spread", "contact", "up")
        return replace(self, **{name: getattr(self, name)[frames] for name in names})

    def placed(self, lens: AnyCamera) -> "Lifted":
        """The same in the world of the camera: world from part, world from view."""
        return replace(
            self,
            orientations=lens.turns_to_world(self.orientations),
            view=lens.turns_to_world(self.view),
            up=lens.vectors_to_world(self.up[:, None])[:, 0],
        )


class TemporalLifter:
    """The network on tracks."""

    def __init__(self, session: Session) -> None:
        """Keep a loaded network.

        Args:
            session: of the network.
        """
        self.session = session

    def lift(self, track: Track, framerate: float, lens: AnyCamera) -> Lifted:
        """Lift a track without gaps (see `start.every_frame`).

        Args:
            track: [T] frames.
            framerate: its frames a second.
            lens: the camera.

        Returns:
            The lifted track, T frames.
        """
        times = np.arange(len(track.frames)) / framerate
        known = np.arange(max(round(times[-1] * FRAMERATE) + 1, SHORTEST)) / FRAMERATE
        points, world, visibility = (
            resampled(_averaged(values, framerate), times, known)
            for values in (track.points, track.world, track.visibility)
        )
        out = self._both_ways(points, world, visibility, lens)
        back = {name: resampled(values, known, times) for name, values in out.items()}
        view = view_rotations(track.points, np.array([lens.focal]), np.asarray(lens.center))
        turns = nearest_rotmat(back["turns"])
        up = (view @ back["up"][..., None])[..., 0]
        return Lifted(
            view[:, None] @ turns,
            view,
            np.exp(back["turn_spread"]),
            np.exp(back["spread"]),
            1 / (1 + np.exp(-back["contact"])),
            up / np.maximum(np.linalg.norm(up, axis=-1, keepdims=True), 1e-6),
            back["betas"].mean(0),
        )

    def _run(
        self, points: Array, world: Array, visibility: Array, lens: AnyCamera
    ) -> dict[str, Array]:
        """The network's outputs, [T, …] each; windows fade into each other."""
        count = len(points)
        starts = window_starts(count)
        rows = [np.arange(first, min(first + WINDOW, count)) for first in starts]
        windows = [
            encode(points[row], world[row], visibility[row], np.array(lens.focal), lens.center)
            for row in rows
        ]
        answers = self.session.run(list(OUTPUTS), {"features": np.stack(windows)})
        out: dict[str, Array] = dict(zip(OUTPUTS, answers, strict=True))
        out["turns"] = rotmat_from_6d(out.pop("sixd"))
        return {name: faded(values, rows, count) for name, values in out.items()}

    def _both_ways(
        self, points: Array, world: Array, visibility: Array, lens: AnyCamera
    ) -> dict[str, Array]:
        """The mean of what is said of a track and of its mirror image, which is as true."""
        plain = self._run(points, world, visibility, lens)
        other = points[:, MIRRORED].copy()
        other[..., 0] = 2 * lens.center[0] - other[..., 0]
        seen = self._run(other, world[:, MIRRORED] * FLIP, visibility[:, MIRRORED], lens)
        seen["turns"] = FLIP[:, None] * seen["turns"][:, SMPL_MIRROR] * FLIP
        seen["up"] = seen["up"] * FLIP
        seen["contact"] = seen["contact"][:, [2, 3, 0, 1]]
        for name in ("turn_spread", "spread"):
            seen[name] = seen[name][:, SMPL_MIRROR]
        return {name: (values + seen[name]) / 2 for name, values in plain.items()}


def window_starts(count: int) -> list[int]:
    """First frames of windows that cover `count` frames; the last one ends with the track."""
    if count <= WINDOW:
        return [0]
    return [*range(0, count - WINDOW, WINDOW - OVERLAP), count - WINDOW]


def faded(values: Array, rows: Sequence[NDArray[np.integer]], count: int) -> Array:
    """[T, …] of windows [N, W, …] at frames `rows`; each counts most in its middle."""
    total = np.zeros((count, *values.shape[2:]))
    weights = np.zeros(count)
    for window, row in zip(values, rows, strict=True):
        edge = np.minimum(np.arange(len(row)), np.arange(len(row))[::-1])
        share = np.minimum(edge + 1.0, OVERLAP)
        total[row] += window * share.reshape(-1, *[1] * (window.ndim - 1))
        weights[row] += share
    return total / weights.reshape(-1, *[1] * (total.ndim - 1))


def resampled(values: Array, times: Array, wanted: Array) -> Array:
    """Values [T, …] at times [T] linearly at other times [S]; held beyond the ends."""
    if len(times) == 1:
        return np.repeat(values, len(wanted), axis=0)
    at = np.interp(wanted, times, np.arange(len(times)))
    low = np.minimum(at.astype(int), len(times) - 2)
    share = (at - low).reshape(-1, *[1] * (values.ndim - 1))
    return (1 - share) * values[low] + share * values[low + 1]


def _averaged(values: Array, framerate: float) -> Array:
    """Values [T, …] averaged over what the network takes for one frame."""
    reach = int(framerate / FRAMERATE / 2 + 1e-6)
    if not reach or len(values) < 3:
        return values
    padded = np.concatenate([values[:1].repeat(reach, 0), values, values[-1:].repeat(reach, 0)])
    summed = sum(padded[shift : shift + len(values)] for shift in range(2 * reach + 1))
    return np.asarray(summed) / (2 * reach + 1)
