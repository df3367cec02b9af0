"""Whether people tell the focal length of the lens that filmed them: an experiment, not a feature.

    python -m tests.benchmarks.video.focal_told [--clips N] [--split val]

Every clip is lifted as if by lenses from 20 to 90 mm (full frame). Parts as the lifter turns them
fit the picture through the right lens best, as near parts of a body look larger. The cost is ten
times the logarithm of that misfit, beside a normal prior about the usual lens. Lenses of the
simulated clips are 0.7 to 2.5 times the longer side of the picture.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from unittest import mock

import numpy as np

from sketch2pose.inference.body.model import BodyModel, load_default_body
from sketch2pose.inference.devices import Device, create_session
from sketch2pose.inference.estimators import LIFTER_NETWORK, find_model
from sketch2pose.inference.solver import tree
from sketch2pose.inference.training.temporal_lifter import cameras as filming
from sketch2pose.inference.training.temporal_lifter.batches import sample_truth
from sketch2pose.inference.training.temporal_lifter.motions import FRAMERATE, load_motions
from sketch2pose.inference.training.temporal_lifter.noise import load_noise
from sketch2pose.inference.video.clips.exif_lens import FULL_FRAME
from sketch2pose.inference.video.estimate import USUAL_LENS
from sketch2pose.inference.video.solving import initial_track, terms
from sketch2pose.inference.video.solving.body_points import body_points, joint_points
from sketch2pose.inference.video.solving.lifter import TemporalLifter
from tests.benchmarks.bench_lifter import WORK
from tests.benchmarks.sketch.table import Row, print_table
from tests.benchmarks.video import measures
from tests.benchmarks.video.cases import Case, cases

LENSES = np.geomspace(20.0, 90.0, 7)  # mm
FINE = np.geomspace(20.0, 90.0, 141)
SIMULATED = (0.7 * FULL_FRAME, 2.5 * FULL_FRAME)
FRAMES, SEED = 64, 4
PRIOR_SPREAD = 0.35  # of the logarithm of focal lengths
TELLING = 10.0  # how much of the misfit's logarithm counts, chosen on train subjects
MM = 1e3


def through(
    lifter: TemporalLifter, body: BodyModel, case: Case, lens: float
) -> tuple[float, np.ndarray]:
    """Misfit and limb joints [T, 12, 3] of a case as if a lens, mm, had filmed it."""
    pinhole = replace(case.lens, focal=lens / FULL_FRAME * max(case.size))
    track = initial_track.every_frame(case.track, 1)
    lifted = lifter.lift(track, FRAMERATE, pinhole)
    points = body_points(body, lifted.shape())
    seen, turns = (
        initial_track.observed(track, points, pinhole),
        lifted.orientations[:, tree.SOLVED],
    )
    relative = points.positions(turns, np.zeros((len(turns), 3)))
    pelvis = initial_track.starting_pelvis(relative, seen, pinhole)
    places = relative + pelvis[:, None]
    equations = terms.empty_equations(len(turns), 3 * len(tree.SOLVED) + 3)
    terms.add_picture(equations, places, terms.point_jacobian(turns, points), seen, pinhole)
    limbs = joint_points(np.asarray(body.joints(lifted.shape()), np.float64))[measures.ROWS]
    joints = pelvis[:, None] + np.einsum("tpij,mpj->tmi", turns, limbs)
    return equations.cost / len(turns), joints


def told(misfits: np.ndarray) -> float:
    """The likeliest lens, mm, of misfits [L] through `LENSES`."""
    curve = np.polynomial.Polynomial.fit(np.log(LENSES), np.log(misfits), 4)
    away = np.log(FINE / USUAL_LENS) / PRIOR_SPREAD
    return float(FINE[np.argmin(TELLING * curve(np.log(FINE)) + away**2 / 2)])


def rows_of(given: list[Case]) -> list[Row]:
    """Errors of the usual lens, the one told and the true one."""
    body = load_default_body()
    lifter = TemporalLifter(create_session(find_model(LIFTER_NETWORK), Device(threads=1)))
    errors: dict[str, list[list[float]]] = {"usual": [], "told": [], "true": []}
    for case in given:
        true = case.lens.focal / max(case.size) * FULL_FRAME
        lens = told(np.array([through(lifter, body, case, one)[0] for one in LENSES]))
        for name, one in (("usual", USUAL_LENS), ("told", lens), ("true", true)):
            joints = through(lifter, body, case, one)[1]
            wrong = measures.root_error(joints, case.joints[:, measures.ROWS]) * MM
            errors[name].append([abs(float(np.log(one / true))), wrong])
    return [
        row
        for name, found in errors.items()
        for row in (
            Row(f"{name} lens: |log ratio|, median", float(np.median(found, axis=0)[0]),
                cases=len(given)),
            Row(f"{name} lens: root MPJPE", float(np.mean(found, axis=0)[1]), "mm",
                cases=len(given)),
        )
    ]  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=60)
    parser.add_argument("--split", default="val")
    options = parser.parse_args()
    rng, noise = np.random.default_rng(SEED), load_noise(WORK / "noise.pt")
    with mock.patch.object(filming, "FOCAL", SIMULATED):
        bank = load_motions(options.split, False)
        truth, cameras = sample_truth(rng, bank, options.clips, FRAMES)
    print_table(rows_of(list(cases(truth, cameras, *noise.sample(rng, truth, cameras)))))


if __name__ == "__main__":
    main()
