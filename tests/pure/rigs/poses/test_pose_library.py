"""The shipped pose library: what was authored, standing on the ground, and pictures of it."""

from __future__ import annotations

import numpy as np
import pytest

from sketch2pose.core.hypotheses.pose_hypotheses import mirror
from sketch2pose.core.rotations import rotmat_from_rotvec
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.training.key_poses import bake
from sketch2pose.inference.training.key_poses.library import load_library as authored_library
from sketch2pose.rigs import RigError
from sketch2pose.rigs.poses import thumbnail
from sketch2pose.rigs.poses.library import LIBRARY_FILE, load_library
from sketch2pose.rigs.poses.point_figure import figure_from_body


@pytest.fixture(scope="module")
def library():
    return load_library()


@pytest.fixture(scope="module")
def figure():
    body = load_default_body()
    return figure_from_body(
        body.v_template, body.quads, body.weight_joints, body.weight_values, body.joints()
    )


def test_the_shipped_file_is_what_was_authored(library):
    authored = authored_library()
    assert [pose.name for pose in library.poses] == [pose.name for pose in authored]
    assert [set(pose.tags) for pose in library.poses] == [set(pose.tags) for pose in authored]
    assert [pose.category for pose in library.poses] == bake.categories()
    for shipped, source in zip(library.poses, authored, strict=True):
        local = rotmat_from_rotvec(shipped.pose.reshape(24, 3))
        assert np.allclose(local, source.rotations(), atol=1e-5), shipped.name


def test_the_shipped_file_is_small():
    assert LIBRARY_FILE.stat().st_size < 200_000


@pytest.mark.parametrize("name", ["first position", "chair upright", "headstand"])
def test_poses_touch_the_ground(library, name):
    pose = library.named(name)
    body = load_default_body()
    joints, vertices = body.forward_vertices(pose.pose[None], np.zeros((1, 3)))
    lift = pose.joints[0] - joints[0, 0]
    assert np.allclose(joints[0] + lift, pose.joints, atol=1e-4)
    assert abs((vertices[0] + lift)[:, 1].min()) < 1e-4


def test_who_stands_on_feet_is_known(library):
    assert library.named("first position").on_feet
    assert not library.named("headstand").on_feet


def test_an_unknown_name_is_one_sentence(library):
    with pytest.raises(RigError, match='There is no key pose "tail wagging": the library has 386'):
        library.named("tail wagging")


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04torn"])
def test_a_damaged_file_is_one_sentence(tmp_path, content):
    path = tmp_path / "key_poses.npz"
    path.write_bytes(content)
    with pytest.raises(RigError, match="The pose library cannot be read: key_poses"):
        load_library(path)


def test_a_figure_follows_the_pose_as_the_body_does(library, figure):
    pose = library.named("warrior two").pose
    body = load_default_body()
    joints, vertices = body.forward_vertices(pose[None], np.zeros((1, 3)))
    points, normals = figure.posed(pose)
    assert np.allclose(points[: len(body.v_template)], vertices[0] - joints[0, 0], atol=1e-3)
    assert np.allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-6)


def test_a_mirrored_pose_has_the_mirrored_outline(library, figure):
    pose = library.named("warrior two").pose
    right = thumbnail.render(figure, pose, (0, 0, -1), 64)[..., 3] > 0.5
    left = thumbnail.render(figure, mirror(pose), (0, 0, -1), 64)[..., 3] > 0.5
    assert (right != left[:, ::-1]).mean() < 0.02
    assert 0.05 < right.mean() < 0.5


def test_left_limbs_are_warm_and_right_limbs_cool(library, figure):
    picture = thumbnail.render(figure, library.named("warrior two").pose, (0, 0, -1), 64)
    warm = (picture[..., 0] > picture[..., 2] + 0.1) & (picture[..., 3] > 0.5)
    cool = (picture[..., 2] > picture[..., 0] + 0.1) & (picture[..., 3] > 0.5)
    assert np.nonzero(warm)[1].mean() > np.nonzero(cool)[1].mean() + 8  # left is on the right


def test_the_side_view_looks_square_to_the_view():
    for view in [(0, 0, -1), (0.3, -0.5, 0.8), (0, -1, 0)]:
        side = thumbnail.side_view(view)
        assert abs(side[0] * view[0] + side[2] * view[2]) < 1e-9
        axes = thumbnail.view_axes(view)
        assert np.allclose(axes @ axes.T, np.eye(3), atol=1e-9)
