"""One person's track to a BodyMotion: start, solve, ground, solve again with standing feet.

Conventions: the solver works in camera space; the motion's world is y up, on the ground, with the
camera level in it. Where the camera's path is known (`CameraPath`), the solver works in its world,
and that is the motion's. Metres, radians.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ....core.body_motion import BodyModelNote, BodyMotion
from ....core.camera import AnyCamera, CameraPath
from ....core.rotations import nearest_rotmat, rotvec_from_rotmat
from ....core.smpl import SMPL_JOINT_NAMES
from ...body.model import BodyModel
from ...solver import initial_pose as sketch_start
from ...solver import tree
from ...solver.weights import load_weights
from ..observing.landmarks import NUMBER, Track
from . import initial_track, terms, world
from .body_points import BodyPoints, body_points, joint_points
from .confidence import joint_confidence
from .known_camera import numbers_of
from .lifter import Lifted, TemporalLifter
from .scale_from_floor import floor_under, foot_rows, shape_on_floor
from .solve_track import Smoothness, TrackProblem, local_problem, solve_track
from .solve_windows import OVERLAP, Done, Piece, beginning, pieces_of, rows_of, settled_pieces

FIRST_ITERATIONS = 7
SECOND_ITERATIONS = 6
PRIOR_SHARE = 0.2  # the learned prior has seen the directions already
LIFTED_SHARE = 3.0  # weight of what the lifter says beside what it was made from
LEAST_SPREAD = 0.05  # rad; however sure the lifter is
PRIOR_QUALITY = 0.7  # how exact it is told that they are
TURNING = 30.0  # rad/s^2, usual spread of a part's angular acceleration
MOVING = 4.0  # m/s^2, the same of the pelvis
CONTACT_NAMES = ("left_foot", "right_foot")
UPRIGHT = ("left_ankle", "right_ankle", "neck")
SKIN_STRIDE = 9  # every ninth vertex is enough to find the lowest point of the body


@dataclass(frozen=True)
class Solved:
    """A track in the solver's space.

    Attributes:
        orientations: [T, 24, 3, 3].
        pelvis: [T, 3] meters.
        standing: [T, F] in 0..1, of `FEET`.
        up: [T, 3] the world's up as the lifter says it; None without one.
    """

    orientations: Array
    pelvis: Array
    standing: Array
    up: Array | None = None


@dataclass(frozen=True)
class _Given:
    """What all pieces of a track share: shape and landmarks on it, frames a second, camera."""

    betas: Array
    points: BodyPoints
    rate: float
    lens: AnyCamera
    check: Callable[[], None]


class PersonSolver:
    """Solves tracks on one body."""

    def __init__(self, body: BodyModel, lifter: TemporalLifter | None = None) -> None:
        """Make a solver.

        Args:
            body: whose proportions, within its shapes, the people get.
            lifter: says where parts point; None leaves that to the metric landmarks.
        """
        self.body, self.weights, self.lifter = body, load_weights(), lifter

    def solve(
        self,
        track: Track,
        step: int,
        framerate: float,
        lens: AnyCamera,
        image_size: tuple[int, int],
        check: Callable[[], None],
        done: Done[Solved] | None = None,
    ) -> BodyMotion:
        """The motion of one person.

        Args:
            track: as observed.
            step: source frames from one picture to the next.
            framerate: pictures a second.
            lens: the camera.
            image_size: width, height.
            check: called often; raises to stop.
            done: pieces that were solved ahead.

        Returns:
            The motion; frames without an observation are filled in, with low confidence.
        """
        whole = initial_track.every_frame(track, step)
        given = self._given(whole, framerate, lens, check)
        kept = Done[Solved]() if done is None else done
        pieces = pieces_of(len(whole.frames), framerate)
        parts = [(piece.part, self._piece(whole, piece, given, kept)) for piece in pieces]
        solved = joined(parts, len(whole.frames))
        return self._motion(whole, track, solved, given, image_size)

    def solve_ahead(
        self,
        track: Track,
        step: int,
        framerate: float,
        lens: AnyCamera,
        check: Callable[[], None],
        done: Done[Solved],
    ) -> None:
        """Solve what is settled of a track that still grows, for a later `solve`.

        Args:
            track: so far.
            step: as of `solve`.
            framerate: as of `solve`.
            lens: as of `solve`.
            check: as of `solve`.
            done: receives the pieces.
        """
        whole = initial_track.every_frame(track, step)
        pieces = settled_pieces(len(whole.frames), framerate)
        if not pieces:
            return
        given = self._given(whole, framerate, lens, check)
        for piece in pieces:
            self._piece(whole, piece, given, done)

    def _given(
        self, track: Track, framerate: float, lens: AnyCamera, check: Callable[[], None]
    ) -> _Given:
        betas = self._shape(track, framerate, lens)
        return _Given(betas, body_points(self.body, betas), framerate, lens, check)

    def _shape(self, track: Track, framerate: float, lens: AnyCamera) -> Array:
        """[10] betas; where the camera is known, somebody as large as the floor says."""
        track = beginning(track, framerate)
        lens = lens.part(slice(0, len(track.frames)))
        lifted = self._lifted(track, framerate, lens)
        betas = lifted.shape() if lifted else initial_track.shape_from_lengths(track, self.body)
        if not isinstance(lens, CameraPath):
            return betas
        turns = (
            lifted.orientations if lifted else initial_track.starting_pose(track, lens, self.body)
        )
        return shape_on_floor(track, turns, lens, self.body, betas)

    def _lifted(self, track: Track, framerate: float, lens: AnyCamera) -> Lifted | None:
        """What the lifter says, in the solver's space; None without one."""
        lifted = self.lifter.lift(track, framerate, lens) if self.lifter else None
        return lifted.placed(lens) if lifted else None

    def _piece(self, whole: Track, piece: Piece, given: _Given, done: Done[Solved]) -> Solved:
        """A piece of a track without gaps, lifted with what is around it."""
        around, lens = rows_of(whole, piece.around), given.lens.part(piece.around)

        def solve() -> Solved:
            lifted = self._lifted(around, given.rate, lens)
            said = lifted.part(piece.within) if lifted else None
            inner = replace(given, lens=lens.part(piece.within))
            solved = self._window(rows_of(around, piece.within), said, inner)
            return solved if said is None else replace(solved, up=said.up)

        frames = (around.points, around.world, around.visibility)
        extent = np.array([piece.within.start, piece.within.stop, given.rate])
        return done.of((*frames, extent, given.betas, *numbers_of(lens).values()), solve)

    def _window(self, track: Track, lifted: Lifted | None, given: _Given) -> Solved:
        points, betas, lens = given.points, given.betas, given.lens
        rest = tree.rest_body(np.asarray(self.body.joints(betas), np.float64))
        seen = initial_track.observed(track, points, lens)
        orientations = (
            lifted.orientations if lifted else initial_track.starting_pose(track, lens, self.body)
        )
        relative = points.positions(orientations[:, tree.SOLVED], np.zeros((len(track.frames), 3)))
        pelvis = initial_track.starting_pelvis(relative, seen, lens)
        mean, precision = self._prior(orientations, rest, lifted is not None)
        feet, floor = foot_rows(points.used), None
        found = world.FootContacts(np.zeros((len(track.frames) - 1, len(feet))), np.zeros(0))
        local = local_problem(rest, mean, precision, self.weights.limits)
        steady = Smoothness(TURNING, MOVING, given.rate)
        expected = expected_parts(lifted) if lifted else None
        for iterations in (FIRST_ITERATIONS, SECOND_ITERATIONS):
            problem = TrackProblem(
                points,
                seen,
                lens,
                local,
                steady,
                feet,
                found.weight,
                expected,
                floor,
            )
            orientations, pelvis = solve_track(
                problem, orientations, pelvis, iterations, given.check
            )
            if iterations == FIRST_ITERATIONS:  # the second solve holds what the first one found
                places = points.positions(orientations[:, tree.SOLVED], pelvis)[:, feet]
                up = self._world(
                    Solved(orientations, pelvis, found.standing, lifted.up if lifted else None),
                    given,
                )[:, 1]
                known = isinstance(lens, CameraPath)
                eyes = lens.eyes if known else None
                found = world.find_contacts(places, up, given.rate, eyes)
                if known:
                    floor = floor_under(points, found.standing, self.body, betas)
        return Solved(orientations, pelvis, found.standing)

    def _prior(self, orientations: Array, rest: tree.RestBody, lifted: bool) -> tuple[Array, Array]:
        """Local rotations that go with the directions of the start, and their precision.

        What has been lifted is plausible already: only its hands and toes are followed.
        """
        if lifted:
            return tree.local_from_world(orientations), np.zeros((len(orientations), 24, 3))
        directions = tree.bone_vectors(orientations, rest.directions)
        quality = np.full(directions.shape[:2], PRIOR_QUALITY)
        mean, deviation = sketch_start.neural_ik(self.weights.neural_ik, directions, quality)
        precision = PRIOR_SHARE * deviation**-2.0
        precision[:, 0] = 0
        return mean, precision

    def _motion(
        self,
        track: Track,
        seen: Track,
        solved: Solved,
        given: _Given,
        image_size: tuple[int, int],
    ) -> BodyMotion:
        points, betas, lens = given.points, given.betas, given.lens
        turn = self._world(solved, given)
        local = tree.local_from_world(turn.T @ solved.orientations)
        poses = rotvec_from_rotmat(local).reshape(len(local), -1)
        pelvis = solved.pelvis @ turn
        known = isinstance(lens, CameraPath)  # then the floor is where the camera's world has it
        lift = np.zeros(3) if known else -self._ground(poses, pelvis, betas, solved.standing)
        trans = pelvis + lift - self.body.joints(betas)[0]
        places = points.positions(solved.orientations[:, tree.SOLVED], solved.pelvis)
        confidence = joint_confidence(
            track.visibility,
            _missed(places, track, points, lens),
            ~np.isin(track.frames, seen.frames),
        )
        joints = self.body.forward(poses, trans, betas)
        return BodyMotion(
            poses=poses.astype(np.float32),
            trans=trans.astype(np.float32),
            betas=betas.astype(np.float32),
            mocap_framerate=given.rate,
            joints3d=joints.astype(np.float32),
            joints2d=_seen_joints(lens.project((joints - lift) @ turn.T, terms.NEAREST), track),
            confidence=confidence.astype(np.float32),
            contacts=solved.standing.reshape(len(poses), 2, 2).max(-1).astype(np.float32),
            contact_names=CONTACT_NAMES,
            frame_index=np.asarray(track.frames, np.int64),
            body_model=BodyModelNote(self.body.name, self.body.licence),
        ).with_camera(_camera_of(replace(lens, size=image_size), turn, lift))

    def _world(self, solved: Solved, given: _Given) -> Array:
        """[3, 3] the solver's space from the motion's world."""
        if isinstance(given.lens, CameraPath):
            return np.eye(3)
        if solved.up is not None:
            return world.camera_under(world.usual_direction(solved.up))
        return world.level_rotation(
            upright(solved.orientations, solved.pelvis, self.body, given.betas)
        )

    def _ground(self, poses: Array, pelvis: Array, betas: Array, standing: Array) -> Array:
        """[3] height of the ground: the usual lowest point of the skin while a foot stands."""
        on_feet = np.flatnonzero(standing.max(1) > 0.5)
        frames = on_feet if len(on_feet) else np.arange(len(poses))
        frames = frames[:: max(len(frames) // 20, 1)]
        trans = pelvis[frames] - self.body.joints(betas)[0]
        ids = np.arange(0, len(self.body.v_template), SKIN_STRIDE)
        _, skin = self.body.forward_vertices(poses[frames], trans, betas, ids)
        return np.array([0.0, float(np.median(skin[..., 1].min(axis=1))), 0.0])


def expected_parts(lifted: Lifted) -> terms.Expected:
    """What the lifter says of the solved parts, in the form of a term."""
    spread = np.maximum(lifted.turn_spread[:, tree.SOLVED], LEAST_SPREAD)
    turns = lifted.orientations[:, tree.SOLVED]
    return terms.Expected(turns, lifted.view, LIFTED_SHARE / spread**2)


def upright(orientations: Array, pelvis: Array, body: BodyModel, betas: Array) -> Array:
    """[T, 3] from the ankles to the neck."""
    rows = [body.joint_names.index(name) for name in UPRIGHT]
    carried = joint_points(np.asarray(body.joints(betas), np.float64))[rows]
    ends = BodyPoints(np.array(rows), carried).positions(orientations[:, tree.SOLVED], pelvis)
    return ends[:, 2] - ends[:, :2].mean(1)


def joined(parts: list[tuple[slice, Solved]], count: int) -> Solved:
    """Pieces of a track as one, blended linearly where they overlap."""
    first = parts[0][1]
    up = None if first.up is None else np.zeros((count, 3))
    orientations = np.zeros((count, *first.orientations.shape[1:]))
    pelvis, standing = np.zeros((count, 3)), np.zeros((count, first.standing.shape[1]))
    total = np.zeros(count)
    for part, solved in parts:
        frames = np.arange(part.start, part.stop)
        share = np.minimum(1.0, (frames - part.start + 1) / (OVERLAP + 1)) if part.start else 1.0
        share = np.broadcast_to(share, frames.shape).copy()
        if part.stop < count:
            share *= np.minimum(1.0, (part.stop - frames) / (OVERLAP + 1))
        orientations[part] += share[:, None, None, None] * solved.orientations
        pelvis[part] += share[:, None] * solved.pelvis
        standing[part] += share[:, None] * solved.standing
        if up is not None and solved.up is not None:
            up[part] += share[:, None] * solved.up
        total[part] += share
    return Solved(
        nearest_rotmat(orientations / total[:, None, None, None]),
        pelvis / total[:, None],
        np.clip(standing / total[:, None], 0, 1),
        None if up is None else up / total[:, None],
    )


def _camera_of(lens: AnyCamera, turn: Array, lift: Array) -> AnyCamera:
    """The camera in the motion's world: one that stands still, or the known path."""
    if isinstance(lens, CameraPath):
        return lens
    return replace(lens, rotation=turn, translation=-turn @ lift)


def _seen_joints(projected: Array, track: Track) -> NDArray[np.float32]:
    """[T, 24, 2] px as observed; joints without a landmark where the solved body has them."""
    seen = projected.copy()
    for joint, name in enumerate(SMPL_JOINT_NAMES):
        if name in NUMBER:
            seen[:, joint] = track.points[:, NUMBER[name]]
    return seen.astype(np.float32)


def _missed(places: Array, track: Track, points: BodyPoints, lens: AnyCamera) -> Array:
    """[T, 33] distance of the body's landmarks from the seen ones in shares of the size."""
    size = np.maximum(np.ptp(track.points, axis=1).max(-1), initial_track.SMALLEST_PERSON)
    away = lens.project(places, terms.NEAREST) - track.points[:, points.used]
    missed = np.zeros(track.visibility.shape)
    missed[:, points.used] = np.linalg.norm(away, axis=-1) / size[:, None]
    return missed
