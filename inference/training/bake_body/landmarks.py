"""Vertices at nose, eyes, ears, fingertips, toes and heels, found by anatomy."""

import numpy as np

FINGERS = ("thumb", "index", "middle", "ring", "pinky")  # anny numbers them 1 to 5
KEYPOINTS = {
    "eye": "eye",
    "ear": "ear",
    "big_toe": "big_toe",
    "small_toe": "small_toe",
    "heel": "heel",
}


def find_landmarks(population, mean, heads) -> dict[str, int]:
    """Name → vertex index.

    Args:
        population: the sampled people (for anny's keypoints, weights and bone names).
        mean: [V, 3] mean T-posed body, metres.
        heads: [B, 3] mean T-posed bone heads in the same frame.
    """
    from anny.keypoints import KeypointsRegressor  # pyright: ignore[reportMissingImports]

    regressor = KeypointsRegressor.coco(population.model)
    points = dict(zip(regressor.labels, regressor.regression_weights.numpy() @ mean, strict=True))
    found = {"nose": _nearest(mean, points["nose"])}
    for letter, side in (("L", "left"), ("R", "right")):
        for name, keypoint in KEYPOINTS.items():
            found[f"{side}_{name}"] = _nearest(mean, points[f"{side}_{keypoint}"])
        for number, finger in enumerate(FINGERS, start=1):
            bone = population.bones.index(f"finger{number}-3.{letter}")
            found[f"{side}_{finger}_tip"] = _tip(mean, population.weights[:, bone], heads[bone])
    found["head_top"] = int(mean[:, 1].argmax())
    return found


def _nearest(vertices, point) -> int:
    return int(np.linalg.norm(vertices - point, axis=1).argmin())


def _tip(vertices, weight, head) -> int:
    """The vertex farthest along the last bone of a finger."""
    members = np.flatnonzero(weight > 0.5)
    along = vertices[members].mean(0) - head
    return int(members[((vertices[members] - head) @ along).argmax()])
