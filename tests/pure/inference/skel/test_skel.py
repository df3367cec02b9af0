"""SKEL: kinematics, derivatives, fit, way back, and its files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core.body_motion import BodyMotion
from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.core.rotations import rotmat_angle, rotmat_from_rotvec
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.skel.fitting.convert import skel_from_smpl
from sketch2pose.inference.skel.fitting.fit import _Problem, fit_skel
from sketch2pose.inference.skel.fitting.initial_angles import (
    continuous_angles,
    starting_angles,
    three_angles,
)
from sketch2pose.inference.skel.fitting.singularity_smoothing import calmed
from sketch2pose.inference.skel.fitting.targets import FitTargets, marker_vertices
from sketch2pose.inference.skel.fitting.to_smpl import smpl_from_skel
from sketch2pose.inference.skel.model.default import load_default_skel
from sketch2pose.inference.skel.model.kinematics import pose_skeleton
from sketch2pose.inference.skel.model.layout import (
    BONE_NAMES,
    DOF_NAMES,
    DOFS,
    HIGHEST,
    LOWEST,
    PARENTS,
    dofs_of,
)
from sketch2pose.inference.skel.model.skel_file import load_skel_file
from sketch2pose.inference.skel.model.sliding import slide_offsets
from sketch2pose.inference.skel.motion import read_skel_motion, write_skel_motion
from sketch2pose.inference.skel.opensim.osim import slide_polynomials, write_osim
from sketch2pose.inference.skel.opensim.tables import (
    coordinate_names,
    write_csv,
    write_mot,
    write_trc,
)
from tests.benchmarks.skel.opensim_angles import elbow_zero, opensim_angles, turn_about
from tests.pure.inference.skel.synthetic_skel import write_synthetic


def walk(frames: int = 40) -> BodyMotion:
    """An SMPL motion that turns once, swings arms and legs, and bends."""
    body, phase = load_default_body(), np.linspace(0, 2 * np.pi, frames)
    poses = np.zeros((frames, 24, 3))
    poses[:, 0, 1] = phase
    for joint, axis, size, lag in (
        (1, 0, -0.6, 0), (2, 0, -0.6, np.pi), (16, 1, -0.5, np.pi), (17, 1, 0.5, 0), (3, 0, 0.2, 1),
    ):  # fmt: skip
        poses[:, joint, axis] = size * np.sin(phase + lag)
    poses[:, 4, 0], poses[:, 5, 0] = 0.5 + 0.4 * np.sin(phase), 0.5 - 0.4 * np.sin(phase)
    poses[:, 16, 2], poses[:, 17, 2] = -1.2, 1.2
    poses[:, 18, 1], poses[:, 19, 1] = -0.7, 0.7
    trans = np.stack([np.sin(phase), np.zeros(frames), np.cos(phase)], 1)
    motion = BodyMotion(
        poses=poses.reshape(frames, 72).astype(np.float32),
        trans=trans.astype(np.float32),
        betas=np.linspace(-1, 1, 10).astype(np.float32),
        mocap_framerate=30.0,
    )
    assert body.forward(motion.poses, motion.trans, motion.betas).shape == (frames, 24, 3)
    return motion


@pytest.fixture(scope="module")
def fitted():
    motion = walk()
    return motion, skel_from_smpl(motion, load_default_skel(), load_default_body())


def some_angles(frames: int, seed: int = 0) -> np.ndarray:
    """[T, 46] within the limits, unlimited ones within ±1."""
    low, high = np.maximum(LOWEST, -1.0), np.minimum(HIGHEST, 1.0)
    return np.random.default_rng(seed).uniform(low, high, (frames, 46))


def test_facts() -> None:
    assert len(DOF_NAMES) == len(set(DOF_NAMES)) == 46 and len(BONE_NAMES) == 24
    assert [len(dofs_of(bone)) for bone in (0, 2, 18, 14)] == [3, 1, 2, 3]
    assert all(parent < bone for bone, parent in enumerate(PARENTS))
    assert np.allclose([np.linalg.norm(dof.axis) for dof in DOFS], 1, atol=1e-6)
    assert (LOWEST <= 0).all() and (HIGHEST >= 0).all()  # the rest pose is allowed


def test_rest_pose_is_the_t_pose() -> None:
    skel, betas = load_default_skel(), np.linspace(-2, 2, 10)
    pose = skel.forward(np.zeros((1, 46)), np.zeros((1, 3)), betas)
    assert np.allclose(pose.positions[0], skel.rest(betas).joints)
    assert np.allclose(pose.rotations[0], np.eye(3))
    assert np.allclose(skel.skin(pose, betas)[0], load_default_body().vertices(betas), atol=1e-5)


@pytest.mark.parametrize(
    ("name", "bone", "axis", "sign"),
    [
        ("hip_flexion_r", "tibia_r", 2, 1), ("hip_flexion_l", "tibia_l", 2, 1),
        ("knee_angle_l", "talus_l", 2, -1), ("elbow_flexion_r", "hand_r", 2, 1),
        ("elbow_flexion_l", "hand_l", 2, 1), ("hip_adduction_r", "tibia_r", 0, 1),
        ("hip_adduction_l", "tibia_l", 0, -1), ("ankle_angle_r", "toes_r", 1, 1),
    ],
)  # fmt: skip
def test_positive_angles_move_bones_as_anatomy_names_them(name, bone, axis, sign) -> None:
    skel, q = load_default_skel(), np.zeros((2, 46))
    q[1, DOF_NAMES.index(name)] = 0.5
    places = skel.forward(q, np.zeros((2, 3))).positions[:, BONE_NAMES.index(bone)]
    assert sign * (places[1] - places[0])[axis] > 0.02


def test_normal_equations_agree_with_differences() -> None:
    rest, rng = load_default_skel().rest(), np.random.default_rng(0)
    bones = rng.integers(0, 24, 50)
    points = rest.joints[bones] + rng.normal(0, 0.1, (50, 3))
    targets = FitTargets(
        points,
        bones,
        rng.normal(0, 0.5, (2, 50, 3)),
        rng.uniform(0.2, 1, 50),
        bones > 30,
        np.eye(24)[bones],
    )
    problem = _Problem(rest, targets, 0.0)
    unknowns = np.concatenate([some_angles(2), rng.normal(0, 0.3, (2, 3))], 1)

    def residual(values: np.ndarray) -> np.ndarray:
        pose = pose_skeleton(rest, values[:, :46], values[:, 46:])
        arms = (pose.rotations[:, bones] @ (points - rest.joints[bones])[..., None])[..., 0]
        aims = targets.places - problem.moments.centres[:, None]
        return (targets.weights[:, None] * (pose.positions[:, bones] + arms - aims)).reshape(2, -1)

    steps = 1e-6 * np.eye(49)
    jacobian = np.stack(
        [(residual(unknowns + s) - residual(unknowns - s)) / 2e-6 for s in steps], -1
    )
    normal, gradient = problem.normal_equations(
        problem.evaluate(unknowns[:, :46], unknowns[:, 46:])
    )
    assert np.allclose(normal, jacobian.swapaxes(1, 2) @ jacobian, atol=1e-6)
    assert np.allclose(gradient, np.einsum("trk,tr->tk", jacobian, residual(unknowns)), atol=1e-6)


@given(st.integers(0, 1000))
def test_three_angles_are_the_inverse_of_turning(seed: int) -> None:
    rng = np.random.default_rng(seed)
    axes = np.linalg.qr(rng.normal(size=(3, 3)))[0] * rng.choice([-1, 1], (3, 1))
    q = rng.uniform(-3, 3, (4, 3))
    turns = rotmat_from_rotvec(q[..., None] * axes)
    product = turns[:, 2] @ turns[:, 1] @ turns[:, 0]
    again = rotmat_from_rotvec(three_angles(product, axes)[..., None] * axes)
    assert rotmat_angle(again[:, 2] @ again[:, 1] @ again[:, 0], product).max() < 1e-6


def test_angles_are_continuous_through_full_turns() -> None:
    angles = np.linspace(0, 5 * np.pi, 200)
    smooth = np.stack([0.3 * np.sin(angles), 1.2 * angles, angles], 1)
    axes = np.eye(3)
    turns = rotmat_from_rotvec(smooth[..., None] * axes)
    found = continuous_angles(three_angles(turns[:, 2] @ turns[:, 1] @ turns[:, 0], axes))
    assert np.abs(np.diff(found, axis=0)).max() < 0.4


@given(st.integers(0, 1000))
def test_calm_steps_are_the_nearest_within_what_is_allowed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    q, allowed = rng.normal(0, 1, (12, 46)), rng.uniform(0.5, 1.0, 11)
    calm = calmed(q, allowed)
    assert (np.abs(np.diff(calm, axis=0)) <= allowed[:, None] + 0.01).all()
    assert calm.min() >= q.min() and calm.max() <= q.max()  # limits are kept
    assert np.array_equal(calmed(0.01 * q, allowed), 0.01 * q)


def test_hip_angles_by_opensims_definition() -> None:
    skel, q = load_default_skel(), some_angles(6, 2)
    q[:, 3:6], q[:, 10:13] = 0.5 * q[:, 3:6], 0.5 * q[:, 10:13]
    pose = skel.forward(q, np.zeros((6, 3)))
    found = opensim_angles(pose, q)
    for letter, bone in (("r", 1), ("l", 6)):
        flexion, adduction, rotation = (
            found[f"hip_{name}_{letter}"] for name in ("flexion", "adduction", "rotation")
        )
        axes = skel.rest().axes[list(dofs_of(bone))]
        turns = [
            rotmat_from_rotvec(angle[:, None] * axis)
            for angle, axis in zip((flexion, adduction, rotation), axes, strict=True)
        ]
        local = pose.rotations[:, 0].swapaxes(1, 2) @ pose.rotations[:, bone]
        assert rotmat_angle(turns[0] @ turns[1] @ turns[2], local).max() < 0.03
    assert np.array_equal(found["knee_angle_l"], q[:, 13])


@given(st.floats(-3, 3), st.integers(0, 100))
def test_turns_about_an_axis_are_found(angle: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    axis, start = rng.normal(size=(2, 3))
    axis /= np.linalg.norm(axis)
    end = rotmat_from_rotvec(angle * axis) @ start + rng.normal() * axis  # along it does not count
    assert turn_about(axis, start, end) == pytest.approx(angle, abs=1e-9)


def test_elbow_angles_by_opensims_definition() -> None:
    skel, q = load_default_skel(), np.zeros((3, 46))
    for letter in "rl":
        q[:, DOF_NAMES.index(f"elbow_flexion_{letter}")] = (0.2, 1.2, 2.0)
    found = opensim_angles(skel.forward(q, np.zeros((3, 3))), q)
    for letter in "rl":
        assert np.allclose(np.diff(found[f"elbow_flexion_{letter}"]), (1.0, 0.8), atol=1e-6)
    assert np.degrees(elbow_zero()) == pytest.approx(8.5, abs=0.1)  # bent less than it says


def test_known_poses_are_found_again() -> None:
    skel = load_default_skel()
    rest, q = skel.rest(), some_angles(12, 4) * 0.8
    q[:, LOWEST == 0] += 0.2  # off the hinges' stops
    pose = pose_skeleton(rest, q, np.zeros((12, 3)))
    markers = marker_vertices(skel)
    bones = np.concatenate([np.arange(24), skel.main_bone[markers]])
    points = np.concatenate([rest.joints, skel.v_template[markers]])
    arms = (pose.rotations[:, bones] @ (points - rest.joints[bones])[..., None])[..., 0]
    skin = np.arange(len(points)) >= 24
    targets = FitTargets(
        points,
        bones,
        pose.positions[:, bones] + arms,
        np.ones(len(points)),
        skin,
        np.eye(24)[bones],
        pose.rotations,
    )
    fit = fit_skel(rest, targets, smoothness=0.0)
    error = np.abs(np.rad2deg((fit.q - q + np.pi) % (2 * np.pi) - np.pi))
    assert error.mean() < 1.5
    again = pose_skeleton(rest, fit.q, fit.trans)
    assert np.linalg.norm(again.positions - pose.positions, axis=-1).mean() < 0.003


def test_fit_follows_smpl_within_limits_and_without_jumps(fitted) -> None:
    _motion, skel_motion = fitted
    assert skel_motion.joint_errors.mean() < 0.008
    assert np.nanmean(skel_motion.skin_errors) < 0.008
    assert (skel_motion.q >= LOWEST).all() and (skel_motion.q <= HIGHEST).all()
    assert np.rad2deg(np.abs(np.diff(skel_motion.q, axis=0))).max() < 30
    turned = skel_motion.q[-1, 2] - skel_motion.q[0, 2]
    assert abs(turned) == pytest.approx(2 * np.pi, abs=0.1)  # a full turn is not folded back
    assert not skel_motion.weak_frames.any()


def test_there_and_back(fitted) -> None:
    motion, skel_motion = fitted
    body = load_default_body()
    back = smpl_from_skel(skel_motion, load_default_skel(), body)
    before = body.forward(motion.poses, motion.trans, motion.betas)
    assert np.linalg.norm(back.joints3d - before, axis=-1).mean() < 0.015


def test_a_start_from_rotations_is_within_limits() -> None:
    rest = load_default_skel().rest()
    rotations = rotmat_from_rotvec(np.random.default_rng(0).normal(0, 1, (5, 24, 3)))
    q = starting_angles(rest, rotations)
    assert (q >= LOWEST).all() and (q <= HIGHEST).all()


def test_files(fitted, tmp_path: Path) -> None:
    _motion, skel_motion = fitted
    write_skel_motion(tmp_path / "a.npz", skel_motion)
    again = read_skel_motion(tmp_path / "a.npz")
    assert np.allclose(again.q, skel_motion.q, atol=1e-5) and again.framerate == 30
    write_mot(tmp_path / "a.mot", skel_motion)
    lines = (tmp_path / "a.mot").read_text().splitlines()
    assert "inDegrees=yes" in lines and f"nRows={len(skel_motion.q)}" in lines
    start = lines.index("endheader") + 1
    assert lines[start].split("\t") == ["time", *coordinate_names()]
    row = np.array(lines[start + 4].split("\t"), float)
    column = 1 + coordinate_names().index("knee_angle_r")
    assert row[column] == pytest.approx(np.rad2deg(skel_motion.q[3, 6]), abs=1e-4)
    weak = np.arange(len(skel_motion.q)) == 2
    write_csv(tmp_path / "a.csv", replace(skel_motion, weak_frames=weak))
    table = (tmp_path / "a.csv").read_text().splitlines()
    values = dict(zip(table[0].split(","), np.loadtxt(table[1:], delimiter=",").T, strict=True))
    assert np.array_equal(values["weak"], weak)
    assert np.allclose(values["elbow_flexion_l"], np.degrees(skel_motion.q[:, 42]), atol=1e-4)
    write_trc(tmp_path / "a.trc", skel_motion)
    text = (tmp_path / "a.trc").read_text().splitlines()
    assert len(text[5].split("\t")) == 2 + 3 * 24 and text[2].split("\t")[3] == "24"


def test_a_files_pose_correctives_move_the_skin(tmp_path: Path) -> None:
    plain = load_skel_file(write_synthetic(tmp_path / "plain.pkl"))
    moved = np.zeros((len(plain.v_template), 3, 207))
    knee = 9 * (5 - 1)  # SMPL's right knee, after the root; element 4 of R - I is cos - 1 in y
    moved[:, 0, knee + 4] = 1.0
    model = load_skel_file(write_synthetic(tmp_path / "skel.pkl", posedirs=moved))
    q = np.zeros((2, 46))
    q[1, DOF_NAMES.index("knee_angle_r")] = 1.0
    pose = model.forward(q, np.zeros((2, 3)))
    change = np.linalg.norm(model.skin(pose) - plain.skin(pose), axis=-1)
    assert change[0].max() < 1e-6
    alone = plain.weights.max(1) > 0.999  # blended skin shrinks what it blends
    turn = pose.rotations[1, 1].T @ pose.rotations[1, 2]  # of the right tibia in its femur
    assert turn[1, 1] < 0.8
    assert np.allclose(change[1][alone], 1 - turn[1, 1], atol=1e-4)


def test_a_file_that_is_no_skel_motion(tmp_path: Path) -> None:
    np.savez(tmp_path / "smpl.npz", poses=np.zeros((3, 72)))
    with pytest.raises(Sketch2PoseError, match="instead of n × 46"):
        read_skel_motion(tmp_path / "smpl.npz")


def test_osim_slides_are_close_to_ours(tmp_path: Path) -> None:
    rest = load_default_skel().rest()
    q = some_angles(50)
    for bone in (11, 14, 19):
        first, second = (q[:, dof] for dof in list(dofs_of(bone))[:2])
        powers = [(i, j) for i in range(6) for j in range(6 - i)]
        basis = np.stack([first**i * second**j for i, j in powers], 1)
        ours = slide_offsets(rest.slides, q)[0][:, bone]
        found = basis @ slide_polynomials(rest, bone).T
        assert np.abs(found - ours @ [[0, 0, -1], [0, 1, 0], [1, 0, 0]]).max() < 3e-4
    write_osim(tmp_path / "a.osim", rest, 1.7, "a")
    assert (tmp_path / "a.osim").read_text().count("<CustomJoint") == 24


def test_a_users_skel_file(tmp_path: Path) -> None:
    path = write_synthetic(tmp_path / "skel.pkl")
    model = load_skel_file(path)
    assert np.allclose(model.joints_template, load_default_skel().joints_template, atol=1e-4)
    pose = model.forward(some_angles(2), np.zeros((2, 3)))
    assert np.isfinite(model.skin(pose)).all() and np.isfinite(model.bones(pose)).all()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"per_joint_rot": np.zeros((24, 3))}, "'per_joint_rot' has the shape"),
        ({"skin_template_v": np.full((3430, 3), np.inf)}, "not finite"),
        ({"osim_kintree_table": np.zeros((2, 24), int)}, "not the tree of SKEL"),
        ({"skin_weights": "none"}, "'skin_weights' is missing"),
    ],
)
def test_wrong_skel_files_are_named(tmp_path: Path, changes: dict, why: str) -> None:
    with pytest.raises(Sketch2PoseError, match=why):
        load_skel_file(write_synthetic(tmp_path / "skel.pkl", **changes))


@pytest.mark.agreement
def test_agreement_with_an_independent_implementation(tmp_path: Path) -> None:
    reference = pytest.importorskip(
        "body_models.skel.numpy",
        reason="skipped: needs body-models (build.py test --only agreement)",
    )
    pytest.importorskip("scipy", reason="skipped: needs SciPy (build.py test --only agreement)")
    rng = np.random.default_rng(0)
    path = write_synthetic(
        tmp_path / "skel.pkl", sparse=True, posedirs=rng.normal(0, 1e-3, (3430, 3, 207))
    )
    ours, theirs = load_skel_file(path), reference.SKEL(model_path=path, gender="male")
    q, betas = some_angles(20).astype(np.float32), np.linspace(-2, 2, 10, dtype=np.float32)
    frames = theirs.forward_skeleton(
        np.delete(q, [23, 24, 25], 1), q[:, 23:26], shape=np.repeat(betas[None], 20, 0)
    )
    pose = ours.forward(q, np.zeros((20, 3)), betas)
    assert np.abs(frames[..., :3, 3] - pose.positions).max() < 1e-5
    assert np.abs(frames[..., :3, :3] - pose.rotations).max() < 1e-5
    skin = theirs.forward_vertices(
        np.delete(q, [23, 24, 25], 1), q[:, 23:26], shape=np.repeat(betas[None], 20, 0)
    )
    assert np.abs(skin - ours.skin(pose, betas)).max() < 1e-5
