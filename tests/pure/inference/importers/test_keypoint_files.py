"""OpenPose and COCO keypoints, made from a known body, lifted to poses."""

import json

import numpy as np
import pytest

from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.core.smpl import SMPL_JOINT_NAMES
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.importers.keypoints2d import LAYOUTS, keypoints_from_row
from sketch2pose.inference.importers.read_motion import read_motion

NUMBER = {name: number for number, name in enumerate(SMPL_JOINT_NAMES)}
LIMBS = [
    NUMBER[f"{side}_{part}"]
    for side in ("left", "right")
    for part in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
]


def striding_body():
    poses = np.zeros((24, 3))
    poses[NUMBER["left_hip"], 0] = -0.6
    poses[NUMBER["left_knee"], 0] = 0.7
    poses[NUMBER["right_hip"], 0] = 0.3
    poses[NUMBER["left_shoulder"], 2] = -1.0
    poses[NUMBER["right_shoulder"], 2] = 0.8
    poses[0, 1] = 0.5
    return load_default_body().forward(poses.reshape(1, 72), np.zeros((1, 3)))[0]


def pixels_of(joints, shift=0.0):
    depth = 5.0 - joints[:, 2]
    return np.stack([joints[:, 0] / depth, -joints[:, 1] / depth], axis=1) * 1000 + [
        500 + shift,
        500,
    ]


def row(count, shift=0.0, unseen=()):
    pixels, values = pixels_of(striding_body(), shift), np.zeros((count, 3))
    for joint, indices in LAYOUTS[count].items():
        if joint not in unseen:
            values[list(indices)] = [*pixels[NUMBER[joint]], 0.9]
    return values.ravel().tolist()


def openpose(*rows):
    return {"version": 1.3, "people": [{"person_id": [-1], "pose_keypoints_2d": r} for r in rows]}


def coco(*rows, image=7):
    return [{"image_id": image, "category_id": 1, "keypoints": r, "score": 0.9} for r in rows]


def read(tmp_path, document):
    path = tmp_path / "a_keypoints é.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return read_motion(path)


def error_after_similarity(found, truth):
    """Mean distance, metres, of limb joints after the best similarity transform."""
    a, b = truth[LIMBS] - truth[LIMBS].mean(0), found[LIMBS] - found[LIMBS].mean(0)
    u, s, vt = np.linalg.svd(b.T @ a)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    scale = (s * sign).sum() / (b**2).sum()
    return np.linalg.norm(scale * b @ (u * sign) @ vt - a, axis=1).mean()


@pytest.mark.parametrize("count", LAYOUTS)
def test_every_layout_names_the_same_joints(count):
    keypoints = keypoints_from_row(row(count))
    np.testing.assert_allclose(keypoints.pixels[LIMBS], pixels_of(striding_body())[LIMBS])
    assert np.all(keypoints.confidence[LIMBS] == 0.9)
    assert np.isnan(keypoints.pixels[NUMBER["spine1"]]).all()


@pytest.mark.parametrize(
    "document", [openpose(row(25)), coco(row(17)), {"annotations": coco(row(17))}]
)
def test_a_known_body_is_among_the_readings(tmp_path, document):
    imported = read(tmp_path, document)
    (motion,) = imported.motions
    assert "most likely pose" in imported.warnings[0]
    assert 1 < len(motion.hypothesis_poses) <= 6
    body, truth = load_default_body(), striding_body()
    readings = [body.forward(poses, motion.trans)[0] for poses in motion.hypothesis_poses]
    # two dimensions never settle depth, so only one of the readings has to be near
    assert min(error_after_similarity(output, truth) for output in readings) < 0.1
    for side in ("left", "right"):
        for start, end in (("hip", "knee"), ("shoulder", "elbow"), ("elbow", "wrist")):
            a, b = NUMBER[f"{side}_{start}"], NUMBER[f"{side}_{end}"]
            seen = pixels_of(truth)[b] - pixels_of(truth)[a]
            found = (motion.joints3d[0, b] - motion.joints3d[0, a])[:2] * [1, -1]
            cosine = seen @ found / np.linalg.norm(seen) / np.linalg.norm(found)
            assert cosine > np.cos(np.radians(20)), (side, start)
    assert motion.joints3d[0, NUMBER["head"], 1] > 1.0
    assert motion.source.name == "a_keypoints é.json"


def test_people_come_from_left_to_right(tmp_path):
    motions = read(tmp_path, openpose(row(25, 300), row(25, -200))).motions
    assert [motion.person_id for motion in motions] == [0, 1]
    centers = [motion.joints2d[0, NUMBER["left_hip"], 0] for motion in motions]
    assert centers[0] < centers[1]


def test_unseen_joints_are_left_to_the_prior(tmp_path):
    unseen = ("left_wrist", "right_ankle", "right_foot", "head")
    (motion,) = read(tmp_path, openpose(row(25, unseen=unseen))).motions
    assert np.all(np.isfinite(motion.poses))


BAD = {
    "nobody": openpose(),
    "too few points": openpose(row(25, unseen=[SMPL_JOINT_NAMES[n] for n in LIMBS[:9]] + ["head"])),
    "other count": openpose([1.0] * 9),
    "no triples": openpose([1.0] * 74),
    "texts": openpose(["a"] * 75),
    "several pictures": coco(row(17)) + coco(row(17), image=8),
    "not OpenPose": {"people": [{"name": "Anna"}]},
    "empty annotations": {"annotations": []},
}


@pytest.mark.parametrize("document", BAD.values(), ids=BAD.keys())
def test_bad_keypoints_are_one_sentence(tmp_path, document):
    with pytest.raises(Sketch2PoseError, match="could not be imported"):
        read(tmp_path, document)
