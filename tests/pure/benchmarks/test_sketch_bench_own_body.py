"""The character that was drawn takes the pose that was read."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from sketch2pose.inference.body.model import load_default_body
from tests.benchmarks.sketch import character as chars
from tests.benchmarks.sketch.external import ExternalDrawing
from tests.benchmarks.sketch.figures import proportion_rows
from tests.benchmarks.sketch.metrics import limb_points
from tests.benchmarks.sketch.own_body import own_body_rows
from tests.benchmarks.sketch.run import Outcome
from tests.pure.benchmarks.test_sketch_bench_characters import default_character, random_pose
from tests.pure.benchmarks.test_sketch_bench_scores import oracle_motion


def mascot() -> chars.Character:
    """The default body with a trunk as wide and as long again; its limbs stay."""
    body, someone = load_default_body(), default_character()
    heads = someone.heads.copy()
    trunk = [0, 1, 2, 3, 6, 9, 12, 13, 14, 15, 16, 17]
    for joint, parent in enumerate(body.parents):
        if parent >= 0:
            step = someone.heads[joint] - someone.heads[parent]
            heads[joint] = heads[parent] + step * (2.0 if joint in trunk else 1.0)
    return replace(someone, name="mascot", heads=heads)


def drawn(person: chars.Character, poses: np.ndarray) -> ExternalDrawing:
    body = load_default_body()
    world, _ = body.frames(poses, np.zeros(3))
    _, limbs = chars.pose(person, world, body.joints_template)
    limbs = limbs @ np.diag([1.0, -1.0, -1.0])
    return ExternalDrawing(
        "drawing", person.name, "pen", Path("drawing.png"), limbs, limbs[:, :2], np.eye(3)[None]
    )


def test_the_right_pose_costs_nothing_on_the_character_itself() -> None:
    person, poses = mascot(), random_pose(3)
    drawing = drawn(person, poses)
    outcome = Outcome((oracle_motion(poses),), 0.0, 0.0)
    every, own = own_body_rows({person.name: person}, [drawing], [outcome])
    assert every.value == own.value < 1e-2
    default = limb_points(load_default_body().forward(poses[None], np.zeros((1, 3))))
    assert proportion_rows([drawing.limbs], default, [person.name])[0].value > 50.0


def test_a_wrong_pose_and_nobody_found_are_told_apart() -> None:
    person, poses = mascot(), random_pose(3)
    drawing = drawn(person, poses)
    wrong = Outcome((oracle_motion(random_pose(4)),), 0.0, 0.0)
    every, _ = own_body_rows({person.name: person}, [drawing, drawing], [wrong, Outcome((), 0, 0)])
    assert every.cases == 1
    assert every.value > 50.0
