"""The pose library: readable, complete, anatomical, and sampled without cutting into itself."""

from __future__ import annotations

import json

import numpy as np
import pytest

pytest.importorskip("torch", reason="skipped: the training extras are not installed")

from sketch2pose.core.smpl import SMPL_MIRROR
from sketch2pose.inference.solver import tree
from sketch2pose.inference.training.key_poses import clearance
from sketch2pose.inference.training.key_poses.angles import pose_from_angles
from sketch2pose.inference.training.key_poses.library import key_pose, load_library

WANTED_TAGS = {
    "yoga",
    "ballet",
    "martial arts",
    "sport",
    "sitting",
    "kneeling",
    "lying",
    "falling",
    "carrying",
    "everyday",
    "crawling",
    "inverted",
}


def bones(angles) -> np.ndarray:
    """Bone directions [24, 3] of a pose on a plain skeleton: arms sideways, legs down."""
    rest = np.zeros((24, 3))
    rest[[4, 5, 7, 8]] = [0, -1, 0]
    rest[[18, 20]], rest[[19, 21]] = [1, 0, 0], [-1, 0, 0]
    world = tree.world_from_local(pose_from_angles(angles)[None])
    return tree.bone_vectors(world, rest)[0]


def test_the_library_has_what_motion_capture_lacks():
    library = load_library()
    assert len(library) >= 200
    assert {tag for pose in library for tag in pose.tags} >= WANTED_TAGS


def test_every_rotation_is_one():
    for pose in load_library():
        rotations = pose.rotations()
        assert np.allclose(rotations @ np.swapaxes(rotations, -1, -2), np.eye(3), atol=1e-9), (
            pose.name
        )
        assert np.allclose(np.linalg.det(rotations), 1), pose.name


def test_zero_angles_stand_with_hanging_arms():
    assert np.allclose(bones({})[[18, 19, 20, 21, 4, 5]], [0, -1, 0])


@pytest.mark.parametrize(
    ("angles", "bone", "direction"),
    [
        ({"left_arm": (0, 90, 0)}, 18, (1, 0, 0)),
        ({"right_arm": (0, 90, 0)}, 19, (-1, 0, 0)),
        ({"left_arm": (90, 90, 0)}, 18, (0, 0, 1)),
        ({"right_arm": (-90, 90, 0)}, 19, (0, 0, -1)),
        ({"left_elbow": (90,)}, 20, (0, 0, 1)),
        ({"right_elbow": (90,)}, 21, (0, 0, 1)),
        ({"left_arm": (0, 0, 90), "left_elbow": (90,)}, 20, (1, 0, 0)),
        ({"left_leg": (90, 0, 0)}, 4, (0, 0, 1)),
        ({"right_leg": (0, 90, 0)}, 5, (-1, 0, 0)),
        ({"left_knee": (90,)}, 7, (0, 0, -1)),
        ({"left_leg": (90, 0, 90), "left_knee": (90,)}, 7, (-1, 0, 0)),
        ({"root": (90, 0, 0)}, 4, (0, 0, -1)),
        ({"root": (0, 0, 90), "left_leg": (90, 0, 0)}, 4, (1, 0, 0)),
    ],
)
def test_angles_mean_what_the_table_says(angles, bone, direction):
    assert np.allclose(bones(angles)[bone], direction, atol=1e-9)


def test_equal_angles_make_a_mirror_pose():
    pose = pose_from_angles(
        {
            f"{side}_{part}": values
            for side in ("left", "right")
            for part, values in {
                "arm": (30, 70, 20),
                "elbow": (50,),
                "wrist": (20, 10),
                "leg": (40, 20, 10),
                "collar": (5, 5),
            }.items()
        }
    )
    reflected = pose[list(SMPL_MIRROR)] * np.outer([-1, 1, 1], [-1, 1, 1])
    assert np.allclose(pose, reflected)


def test_samples_stay_in_their_ranges_and_repeat_by_seed():
    pose = next(pose for pose in load_library() if pose.name == "warrior two")
    first, again = (pose.sample(np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first, again)
    assert (
        clearance.deepest_overlap(first)
        <= clearance.deepest_overlap(pose.rotations()) + clearance.TOLERANCE
    )


def test_an_arm_through_the_chest_is_noticed():
    standing = pose_from_angles({"left_arm": (0, 15, 0), "right_arm": (0, 15, 0)})
    pierced = pose_from_angles({"left_arm": (60, 30, -90), "left_elbow": (170,)})
    assert clearance.deepest_overlap(pierced) > 0.035 > clearance.deepest_overlap(standing)


def test_both_sides_share_angles_and_a_side_overrides():
    pose = key_pose(
        {"name": "x", "angles": {"left_knee": [90], "knee": [10]}, "spread": {"knee": 3}}
    )
    assert pose.angles == {"left_knee": (90.0,), "right_knee": (10.0,)}
    assert pose.spread == {"left_knee": 3.0, "right_knee": 3.0}


@pytest.mark.parametrize("angles", [{"tail": [1]}, {"knee": [1, 2]}])
def test_a_wrong_entry_is_named(angles):
    with pytest.raises(ValueError, match="the culprit"):
        key_pose({"name": "the culprit", "angles": angles})


def test_a_name_twice_is_refused(tmp_path):
    entry = {"name": "twin", "angles": {}}
    (tmp_path / "a.json").write_text(json.dumps({"tags": [], "poses": [entry, entry]}))
    with pytest.raises(ValueError, match="twin"):
        load_library(tmp_path)
