"""Corrections change what they name and nothing else; switched off they leave no trace."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2pose.core import smpl
from sketch2pose.core.body_motion import BodyMotion, read_body_motion, write_body_motion
from sketch2pose.core.camera import Camera
from sketch2pose.core.corrections.edits import (
    CHANGES,
    FLIPPED_LIMBS,
    Edit,
    EditView,
    edits_from_json,
    edits_to_json,
)
from sketch2pose.core.corrections.limb_strokes import Figure2d, joints_along, limb_of_stroke
from sketch2pose.core.corrections.limbs import LIMBS, rows_after
from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.core.hypotheses import pose_hypotheses
from sketch2pose.core.rotations import rotmat_from_rotvec
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.corrections.solve_corrections import edited_motion
from sketch2pose.inference.protocol.requests import EditRequest
from sketch2pose.inference.protocol.wire import read_request
from sketch2pose.inference.run_request import run_request

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=12, deadline=None)
FOCAL, MIDDLE, AWAY = 900.0, 400.0, 4.5
LEFT_ARM_BONES = (16, 18, 20, 22)  # the collar may give way
FROM_THE_SIDE = np.array([[0.0, 0.0, -1.0], [0.0, -1.0, 0.0], [-1.0, 0.0, 0.0]])


def still(seed: int, turn: float = 0.3) -> BodyMotion:
    """A figure in a mild random pose, seen by a level camera."""
    random = np.random.default_rng(seed)
    poses = random.normal(0, turn, (1, 72)).astype(np.float32)
    poses[0, 16 * 3 + 2] -= 0.7
    poses[0, 17 * 3 + 2] += 0.7
    body = load_default_body()
    flat = np.zeros((1, 3), np.float32)
    joints = np.asarray(body.forward(poses, flat, np.zeros(10, np.float32)), np.float32)
    rotation = np.diag([1.0, -1.0, -1.0])
    local = joints[0] @ rotation.T + [0, 0, AWAY]
    return BodyMotion(
        poses=poses,
        trans=flat,
        betas=np.zeros(10, np.float32),
        joints3d=joints,
        joints2d=(local[:, :2] / local[:, 2:] * FOCAL + MIDDLE)[None].astype(np.float32),
        confidence=np.full((1, 24), 0.5, np.float32),
        camera_rotation=rotation.astype(np.float32),
        camera_translation=np.array([0, 0, AWAY], np.float32),
        camera_focal=FOCAL,
        camera_center=np.full(2, MIDDLE, np.float32),
        image_size=np.array([800, 800]),
    )


def bones(motion: BodyMotion) -> np.ndarray:
    """World directions [24, 3]."""
    joints = np.asarray(motion.joints3d[0], float)
    steps = joints - joints[smpl.SMPL_OWNER]
    lengths = np.linalg.norm(steps, axis=1)
    return steps / np.where(lengths > 0, lengths, 1)[:, None]


def turned(before: BodyMotion, after: BodyMotion) -> np.ndarray:
    """Degrees [24] by which each bone has turned."""
    cosines = (bones(before) * bones(after)).sum(1)[1:]
    return np.append(0.0, np.degrees(np.arccos(np.clip(cosines, -1, 1))))


def stroke_of(motion: BodyMotion, limb: str, *steps: tuple[float, float]) -> tuple:
    """A stroke from the root of a limb along steps in px."""
    corners = [np.asarray(motion.joints2d[0, LIMBS[limb].root], float)]
    for step in steps:
        corners.append(corners[-1] + step)
    line = [
        a + (b - a) * share
        for a, b in zip(corners, corners[1:], strict=False)
        for share in np.linspace(0, 1, 12)
    ]
    return tuple((float(x), float(y)) for x, y in line)


@FEW
@given(SEEDS, st.floats(-0.9, 0.9), st.floats(-2.4, 0.4))
def test_a_redrawn_arm_follows_the_stroke_and_the_rest_holds(seed, first, second):
    before = still(seed)
    upper = 48 * np.array([np.cos(first), -np.sin(first)])
    lower = 42 * np.array([np.cos(second), np.sin(second)])
    points = stroke_of(before, "LEFT_ARM", tuple(upper), tuple(lower))
    after = edited_motion(before, (Edit("limb", limb="LEFT_ARM", points=points),))
    moved = turned(before, after)
    others = [j for j in range(1, 24) if j not in LEFT_ARM_BONES]
    assert moved[others].max() < 1.0
    for joint, step in ((18, upper), (20, lower)):
        drawn = bones(after)[joint] @ np.diag([1.0, -1.0, -1.0])
        cosine = drawn[:2] @ step / (np.linalg.norm(drawn[:2]) * np.linalg.norm(step))
        assert np.degrees(np.arccos(np.clip(cosine, -1, 1))) < 12.0


@FEW
@given(SEEDS, st.sampled_from(sorted(LIMBS)))
def test_whatever_limb_is_redrawn_the_other_limbs_hold(seed, limb):
    before = still(seed)
    chain = LIMBS[limb]
    line = np.asarray(before.joints2d[0, [chain.root, *chain.joints]], float)
    swung = line[0] + (line - line[0]) @ np.array([[0.9, 0.43], [-0.43, 0.9]])
    edit = Edit("limb", limb=limb, points=tuple(map(tuple, swung.tolist())))
    moved = turned(before, edited_motion(before, (edit,)))
    for name, other in LIMBS.items():
        below = set(other.joints) & set(chain.joints) or other.root in chain.joints[:-1]
        if not below and name != limb:
            assert moved[list(other.joints)].max() < 1.0, name


@FEW
@given(SEEDS, st.sampled_from(["LEFT_ARM", "RIGHT_ARM", "LEFT_LEG", "RIGHT_LEG", "HEAD"]))
def test_a_stroke_along_a_limb_is_that_limb_in_either_direction(seed, limb):
    motion = still(seed, 0.15)
    figure = figure_of(motion)
    chain = LIMBS[limb]
    line = figure.seen[[chain.root, *chain.joints]]
    assert limb_of_stroke(line, figure) == limb
    assert limb_of_stroke(line[::-1], figure) == limb


def test_a_ring_is_a_head_and_a_line_from_hips_to_neck_a_spine():
    figure = figure_of(still(0, 0.0))
    turns = np.linspace(0, 2 * np.pi, 30)
    ring = figure.seen[15] + 15 * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    assert limb_of_stroke(ring, figure) == "HEAD"
    assert np.allclose(joints_along(ring, "HEAD", figure)[15], figure.seen[15], atol=2)
    assert limb_of_stroke(figure.seen[[0, 3, 6, 9, 12]], figure) == "SPINE"


def test_the_elbow_lies_at_the_bend_and_else_by_proportion():
    motion = still(0, 0.0)
    figure = figure_of(motion)
    root = figure.seen[16]
    bent = np.array(stroke_of(motion, "LEFT_ARM", (40, 0), (0, -60)))
    assert np.allclose(joints_along(bent, "LEFT_ARM", figure)[18], root + [40, 0], atol=4)
    straight = np.array(stroke_of(motion, "LEFT_ARM", (100, 0)))
    share = (joints_along(straight, "LEFT_ARM", figure)[18] - root)[0] / 100
    lengths = figure.lengths[[18, 20]]
    assert share == pytest.approx(lengths[0] / lengths.sum(), abs=0.02)


def test_a_short_stroke_is_foreshortened():
    before = still(0, 0.0)
    points = stroke_of(before, "LEFT_ARM", (40, 0))
    after = edited_motion(before, (Edit("limb", limb="LEFT_ARM", points=points),))
    assert np.abs(bones(after)[[18, 20], 2]).min() > 0.5


@FEW
@given(SEEDS, st.sampled_from([4, 5, 7, 8, 18, 19, 20, 21]), st.floats(-20, 20), st.floats(-20, 20))
def test_moving_a_joint_turns_only_the_bones_that_meet_there(seed, joint, right, down):
    before = still(seed)
    place = np.asarray(before.joints2d[0, joint], float) + [right, down]
    after = edited_motion(before, (Edit("joint", joint=joint, points=(tuple(place),)),))
    moved = turned(before, after)
    meeting = {joint} | {j for j in range(24) if smpl.SMPL_PARENTS[j] == joint}
    meeting |= {j for j in range(24) if smpl.SMPL_PARENTS[j] in meeting and j in (10, 11, 22, 23)}
    collars = {16} if joint == 18 else {17} if joint == 19 else set()
    others = [j for j in range(1, 24) if j not in meeting | collars]
    assert moved[others].max() < 1.0
    assert np.allclose(after.joints2d[0, joint], place, atol=0.01)
    assert after.confidence[0, joint] == 1.0


@FEW
@given(SEEDS)
def test_a_joint_that_stays_in_place_changes_nothing(seed):
    before = still(seed)
    place = tuple(np.asarray(before.joints2d[0, 20], float))
    after = edited_motion(before, (Edit("joint", joint=20, points=(place,)),))
    assert turned(before, after).max() < 0.1


def test_a_pinned_wrist_is_where_the_pin_is():
    before = still(3, 0.2)
    goal = np.asarray(before.joints2d[0, 16], float) + [30, 45]
    after = edited_motion(before, (Edit("pin", joint=20, points=(tuple(goal),)),))
    joints = np.asarray(after.joints3d[0], float) @ np.diag([1.0, -1.0, -1.0]) + [0, 0, AWAY]
    pixels = joints[:, :2] / joints[:, 2:] * FOCAL + MIDDLE
    assert np.linalg.norm((pixels[20] - pixels[16]) - [30, 45]) < 5.0


@pytest.mark.parametrize("joint", [18, 20, 4, 7, 15])
def test_closer_and_farther(joint):
    before = still(1, 0.1)
    parent = smpl.SMPL_PARENTS[joint]
    depth = {0.0: 0.0}
    for radians in (-0.4, 0.4):
        after = edited_motion(before, (Edit("depth", joint=joint, radians=radians),))
        joints = after.joints3d[0]
        depth[radians] = float(joints[parent, 2] - joints[joint, 2])  # +z is towards the viewer
    now = float(before.joints3d[0, parent, 2] - before.joints3d[0, joint, 2])
    assert depth[-0.4] < now - 0.02
    assert depth[0.4] > now + 0.02


def test_what_is_ignored_is_a_guess_and_the_rest_holds():
    before = still(2)
    after = edited_motion(before, (Edit("ignore", joint=20),))
    assert after.confidence[0, 20] == 0.0
    others = [j for j in range(1, 24) if j not in (20, 22)]
    assert turned(before, after)[others].max() < 1.0


def test_a_correction_may_be_drawn_from_another_side():
    before = still(4, 0.1)
    joints = np.asarray(before.joints3d[0], float)
    seen = (joints @ FROM_THE_SIDE.T)[:, :2] * 200
    view = EditView(Camera(FROM_THE_SIDE, np.zeros(3), 1e6, np.zeros(2)), seen)
    forward = tuple(map(tuple, [seen[16], seen[16] + [-50, 0], seen[16] + [-100, 0]]))
    after = edited_motion(before, (Edit("limb", limb="LEFT_ARM", points=forward, view=view),))
    assert bones(after)[18] @ [0, 0, 1] > 0.9  # to the left as seen from its left is forward
    assert np.allclose(after.joints2d, before.joints2d)


@FEW
@given(SEEDS, st.sampled_from(FLIPPED_LIMBS))
def test_flips_are_those_of_the_readings(seed, limb):
    motion = still(seed)
    ray = ray_to_hips(motion)
    after = edited_motion(motion, (Edit("flip", limb=limb),))
    assert_same_pose(after.poses[0], pose_hypotheses.flip_limb(motion.poses[0], limb, ray))
    again = edited_motion(motion, (Edit("flip", limb=limb),) * 2)
    assert_same_pose(again.poses[0], motion.poses[0])


@FEW
@given(SEEDS, st.sampled_from(CHANGES))
def test_changes_are_those_of_the_readings(seed, change):
    motion = still(seed)
    ray = ray_to_hips(motion)
    wanted = {
        "FRONT_BACK": lambda pose: pose_hypotheses.front_back(pose, ray),
        "SWAP_SIDES": pose_hypotheses.swap_sides,
        "MIRROR": pose_hypotheses.mirror,
    }[change]
    after = edited_motion(motion, (Edit("change", change=change),))
    assert_same_pose(after.poses[0], wanted(motion.poses[0]))
    assert sorted(rows_after(change)) == list(range(24))
    again = edited_motion(motion, (Edit("change", change=change),) * 2)
    assert_same_pose(again.poses[0], motion.poses[0])
    assert np.allclose(again.joints2d, motion.joints2d, atol=0.05)


def test_what_is_switched_off_does_not_count():
    motion = still(5)
    off = [
        Edit("limb", limb="HEAD", points=((0.0, 0.0), (9.0, 9.0)), enabled=False),
        Edit("flip", limb="LEFT_ARM", enabled=False),
    ]
    after = edited_motion(motion, tuple(off))
    assert_same_pose(after.poses[0], motion.poses[0])
    assert np.allclose(after.joints3d, motion.joints3d, atol=1e-5)


def test_a_result_that_lacks_something_is_one_sentence():
    motion = still(6)
    edit = Edit("joint", joint=20, points=((0.0, 0.0),))
    with pytest.raises(Sketch2PoseError, match="over an image that is not part of the result"):
        edited_motion(replace(motion, joints2d=None), (edit,))
    with pytest.raises(Sketch2PoseError, match="not a still with joint positions"):
        edited_motion(replace(motion, joints3d=None), (edit,))


points = st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)), min_size=2, max_size=9)
any_edit = st.one_of(
    st.builds(Edit, st.just("limb"), limb=st.sampled_from(sorted(LIMBS)), points=points.map(tuple)),
    st.builds(Edit, st.just("depth"), joint=st.sampled_from([18, 20]), radians=st.floats(-9, 9)),
    st.builds(Edit, st.just("flip"), limb=st.sampled_from(FLIPPED_LIMBS), enabled=st.booleans()),
    st.builds(Edit, st.just("change"), change=st.sampled_from(CHANGES)),
)


@given(st.lists(any_edit, max_size=4))
def test_corrections_survive_as_json(edits):
    assert edits_from_json(edits_to_json(edits)) == tuple(edits)
    assert all(edit.label for edit in edits)


@given(st.lists(any_edit, min_size=1, max_size=3), SEEDS)
@FEW
def test_no_correction_breaks_the_pose(edits, seed):
    after = edited_motion(still(seed), tuple(edits))
    turns = rotmat_from_rotvec(after.poses.reshape(24, 3).astype(float))
    assert np.isfinite(after.joints3d).all()
    assert np.allclose(np.linalg.det(turns), 1, atol=1e-4)


@pytest.mark.parametrize(
    "document",
    [
        {},
        [7],
        [{"kind": "dance"}],
        [{"kind": "limb", "limb": "TAIL", "points": [[0, 0], [1, 1]]}],
        [{"kind": "limb", "limb": "HEAD", "points": [[0, 0]]}],
        [{"kind": "limb", "limb": "HEAD", "points": [[0, float("nan")], [1, 1]]}],
        [{"kind": "joint", "joint": 18, "points": "here"}],
        [{"kind": "joint", "joint": 99, "points": [[0, 0]]}],
        [{"kind": "joint", "joint": "elbow", "points": [[0, 0]]}],
        [{"kind": "flip", "limb": "HEAD"}],
        [{"kind": "change", "change": "UPSIDE_DOWN"}],
        [{"kind": "ignore", "joint": 4, "view": {"rotation": [[2, 0, 0]] * 3}}],
    ],
)
def test_a_broken_list_is_refused(document):
    with pytest.raises(Sketch2PoseError, match="The corrections could not be used"):
        edits_from_json(document)


class Quiet:
    """A report that nobody listens to."""

    def progress(self, fraction: float, text: str) -> None:
        """Nothing to tell."""

    def warn(self, text: str) -> None:
        raise AssertionError(text)

    def check(self) -> None:
        """Never cancelled."""


def test_the_request_solves_a_file_without_a_net(tmp_path):
    source = tmp_path / "base.npz"
    before = still(7)
    write_body_motion(source, before)
    out = tmp_path / "out"
    edits = (Edit("depth", joint=20, radians=0.5),)
    request = EditRequest((str(source),), str(out), edits)
    document = {"type": "edit", "inputs": [str(source)], "out_dir": str(out)}
    assert read_request({**document, "edits": edits_to_json(edits)}) == request
    (summary,) = run_request(request, None, Quiet())
    after = read_body_motion(summary.files[0])
    assert turned(before, after)[20] > 10
    with pytest.raises(Sketch2PoseError, match="they are not a list"):
        read_request({**document, "edits": "all of them"})


def figure_of(motion: BodyMotion) -> Figure2d:
    joints = np.asarray(motion.joints3d[0], float)
    lengths = np.linalg.norm(joints - joints[smpl.SMPL_OWNER], axis=1) * FOCAL / AWAY
    return Figure2d(np.asarray(motion.joints2d[0], float), lengths)


def ray_to_hips(motion: BodyMotion) -> np.ndarray:
    flat = (np.asarray(motion.joints2d[0, 0], float) - MIDDLE) / FOCAL
    return np.append(flat, 1.0) @ np.asarray(motion.camera_rotation, float)


def assert_same_pose(pose: np.ndarray, other: np.ndarray) -> None:
    turns = [rotmat_from_rotvec(np.asarray(p, float).reshape(24, 3)) for p in (pose, other)]
    assert np.allclose(*turns, atol=1e-4)
