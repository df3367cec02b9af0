"""Two-dimensional keypoints of one picture (OpenPose, COCO) lifted to poses.

Conventions: px of the source, origin top left; the figure is seen by a level camera and
stands on y = 0, as drawings without a camera do. Two dimensions leave open which limbs point
away from the viewer, so each person comes with ranked hypotheses, as from a drawing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...core.arrays import FloatArray
from ...core.body_motion import BodyModelNote, BodyMotion
from ...core.rotations import rotvec_from_rotmat
from ...core.smpl import SMPL_JOINT_NAMES
from ..body import BodyModel, load_default_body
from ..solver.observation import DirectionObservation, SolveResult
from ..solver.solve import solve_directions
from .imported import Imported
from .refusal import refused
from .smpl_params import on_ground

HYPOTHESES = 6
DETECTOR_DOUBT = 0.01  # standard deviation of a keypoint as a share of the person's size
READ_AS_CLIP = 'Import it as a clip (Motion from Video, or "python -m inference video")'
FEWEST_POINTS = 6  # fewer leave nearly everything to the prior
_JOINTS = len(SMPL_JOINT_NAMES)
_NUMBER = {name: number for number, name in enumerate(SMPL_JOINT_NAMES)}
# SMPL joint → keypoints whose mean it is; ears and toes lie near the joint, not on it
_NEAR = ("head", "left_foot", "right_foot")


def _sides(right: Mapping[str, int], left: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    named = {f"right_{part}": (index,) for part, index in right.items()}
    return {**named, **{f"left_{part}": (index,) for part, index in left.items()}}


_COCO = _sides(
    {"shoulder": 6, "elbow": 8, "wrist": 10, "hip": 12, "knee": 14, "ankle": 16},
    {"shoulder": 5, "elbow": 7, "wrist": 9, "hip": 11, "knee": 13, "ankle": 15},
)
_COCO["head"] = (3, 4)

LAYOUTS: dict[int, dict[str, tuple[int, ...]]] = {
    25: {  # OpenPose BODY_25
        **_sides(
            {"shoulder": 2, "elbow": 3, "wrist": 4, "hip": 9, "knee": 10, "ankle": 11, "foot": 22},
            {"shoulder": 5, "elbow": 6, "wrist": 7, "hip": 12, "knee": 13, "ankle": 14, "foot": 19},
        ),
        "head": (17, 18),
    },
    18: {  # OpenPose COCO
        **_sides(
            {"shoulder": 2, "elbow": 3, "wrist": 4, "hip": 8, "knee": 9, "ankle": 10},
            {"shoulder": 5, "elbow": 6, "wrist": 7, "hip": 11, "knee": 12, "ankle": 13},
        ),
        "head": (16, 17),
    },
    17: _COCO,
    26: {**_COCO, **_sides({"foot": 21}, {"foot": 20})},  # Halpe
    133: {**_COCO, **_sides({"foot": 20}, {"foot": 17})},  # COCO-WholeBody
}


@dataclass(frozen=True)
class Keypoints:
    """One person: `pixels` [24, 2] of SMPL joints (NaN = unseen), `confidence` [24] in [0, 1]."""

    pixels: FloatArray
    confidence: FloatArray


def is_keypoint_document(document: Any) -> bool:
    """Whether parsed JSON looks like OpenPose's or COCO's keypoints."""
    if isinstance(document, dict):
        return isinstance(document.get("people"), list) or "annotations" in document
    return isinstance(document, list) and bool(document) and _is_annotation(document[0])


def motions_from_keypoints(document: Any, name: str) -> Imported:
    """Poses of all people of one picture.

    Args:
        document: parsed JSON for which `is_keypoint_document` is true.
        name: of the file, for sentences.

    Returns:
        One still motion with hypotheses for each person, left to right.

    Raises:
        Sketch2PoseError: nobody with enough keypoints, or several pictures in one file.
        ValueError: damaged.
    """
    rows = _openpose_rows(document) if is_openpose(document) else _coco_rows(document, name)
    people = [keypoints_from_row(row) for row in rows]
    people = [
        person for person in people if np.isfinite(person.pixels[:, 0]).sum() >= FEWEST_POINTS
    ]
    if not people:
        why = f"nobody in it has {FEWEST_POINTS} keypoints or more"
        raise refused(name, why, "Run the detector on a picture of whole figures", "import.nobody")
    people.sort(key=lambda person: float(np.nanmean(person.pixels[:, 0])))
    motions = tuple(_lifted(person, number) for number, person in enumerate(people))
    return Imported(motions, ("The file contains no depth; the most likely pose is used.",))


def keypoints_from_row(row: Sequence[float]) -> Keypoints:
    """SMPL joints from a detector's row of x, y, confidence.

    Args:
        row: three numbers for each keypoint of one of `LAYOUTS`; confidence 0 = not seen.

    Returns:
        The joints.

    Raises:
        ValueError: another number of keypoints.
    """
    values = points_of_row(row)
    pixels, confidence = np.full((_JOINTS, 2), np.nan), np.zeros(_JOINTS)
    for joint, sources in LAYOUTS[len(values)].items():
        seen = values[list(sources)]
        if np.all(np.isfinite(seen)) and np.all(seen[:, 2] > 0):
            pixels[_NUMBER[joint]] = seen[:, :2].mean(axis=0)
            # COCO annotations mark visibility with 1 and 2
            confidence[_NUMBER[joint]] = np.clip(seen[:, 2].min(), 0.0, 1.0)
    return Keypoints(pixels, confidence)


def points_of_row(row: Sequence[float]) -> FloatArray:
    """[N, 3] x, y, confidence of a detector's row.

    Raises:
        ValueError: no layout has as many keypoints.
    """
    values = np.asarray(row, dtype=np.float64)
    if values.size % 3 or values.size // 3 not in LAYOUTS:
        known = ", ".join(str(count) for count in LAYOUTS)
        raise ValueError(f"{values.size / 3:g} keypoints, expected one of {known}")
    return values.reshape(-1, 3)


def is_openpose(document: Any) -> bool:
    """Whether a keypoint document is OpenPose's, not COCO's or AlphaPose's."""
    return isinstance(document, dict) and "people" in document


def _is_annotation(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("keypoints"), list)


def _openpose_rows(document: Mapping[str, Any]) -> list[Sequence[float]]:
    return [person["pose_keypoints_2d"] for person in document["people"]]


def _coco_rows(document: Any, name: str) -> list[Sequence[float]]:
    annotations = document["annotations"] if isinstance(document, dict) else document
    people = [item for item in annotations if _is_annotation(item)]
    pictures = {item.get("image_id") for item in people}
    if len(pictures) > 1:
        why = f"it holds keypoints of {len(pictures)} pictures"
        raise refused(name, why, READ_AS_CLIP, "import.pictures")
    return [item["keypoints"] for item in people]


def _lifted(person: Keypoints, number: int) -> BodyMotion:
    low, high = np.nanmin(person.pixels, axis=0), np.nanmax(person.pixels, axis=0)
    doubt = DETECTOR_DOUBT * float(np.linalg.norm(high - low))
    weight = person.confidence / doubt**2
    weight[[_NUMBER[name] for name in _NEAR]] /= 4.0  # twice the doubt
    observation = DirectionObservation(
        directions=np.full((_JOINTS, 3), np.nan),
        direction_weight=np.zeros(_JOINTS),
        away_probability=np.full(_JOINTS, 0.5),
        joints2d=person.pixels,
        joints2d_weight=weight,
        presence=(person.confidence > 0).astype(np.float64),
        image_size=(int(np.ceil(high[0] + low[0])), int(np.ceil(high[1] + low[1]))),
    )
    body = load_default_body()
    solved = solve_directions(observation, body, hypotheses=HYPOTHESES)
    return on_ground(_motion(solved, person, body, number), body)


def _motion(solved: SolveResult, person: Keypoints, body: BodyModel, number: int) -> BodyMotion:
    poses = rotvec_from_rotmat(solved.rotations).reshape(len(solved.rotations), 1, -1)
    observed = np.where(np.isfinite(person.pixels), person.pixels, 0.0)
    return BodyMotion(
        poses=poses[0].astype(np.float32),
        trans=solved.translations[:1].astype(np.float32),
        betas=np.zeros(10, np.float32),
        joints3d=solved.joints[:1].astype(np.float32),
        joints2d=observed[None].astype(np.float32),
        confidence=np.clip(solved.confidence, 0.0, 1.0)[None].astype(np.float32),
        hypothesis_poses=poses.astype(np.float32),
        hypothesis_scores=solved.scores.astype(np.float32),
        person_id=number,
        body_model=BodyModelNote(body.name, body.licence),
    )
