"""How well known motions are found again: through the noise model, and in rendered films.

    python tests/benchmarks/bench_lifter.py [--out FOLDER] [--films FOLDER]

*simulated*: motions of subjects that were not trained on (S2P_SHARED) before random cameras,
landmarks from the noise model that `inference.training.temporal_lifter.noise` fitted
(build/lifter). *painted*: the landmark network's answers to clips painted for training, of the
same subjects.
*rendered*: films made by `tests.benchmarks.video.render_films` in Blender (made when missing, some
minutes), read and solved as any clip; the lens is known.
*one ground*: levels of the feet of several simulated people before one camera, and their distance
and stature, as told alone and together.
What the machine lacks is skipped with a word why.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import cv2  # noqa: E402
import numpy as np  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from sketch2pose.core.errors import Sketch2PoseError  # noqa: E402
from sketch2pose.inference.body.model import load_default_body  # noqa: E402
from sketch2pose.inference.devices import Device, create_session  # noqa: E402
from sketch2pose.inference.estimators import LIFTER_NETWORK, find_model  # noqa: E402
from sketch2pose.inference.protocol.requests import VideoOptions  # noqa: E402
from sketch2pose.inference.report import JobReport  # noqa: E402
from sketch2pose.inference.training.temporal_lifter.batches import sample_truth  # noqa: E402
from sketch2pose.inference.training.temporal_lifter.motions import FRAMERATE, load_motions  # noqa: E402
from sketch2pose.inference.training.temporal_lifter.noise import NoiseModel, load_noise, read_clips  # noqa: E402
from sketch2pose.inference.video.clips.exif_lens import FULL_FRAME  # noqa: E402
from sketch2pose.inference.video.estimate import VideoEstimator  # noqa: E402
from sketch2pose.inference.video.observing.landmarks import NUMBER  # noqa: E402
from sketch2pose.inference.video.solving.lifter import TemporalLifter  # noqa: E402
from sketch2pose.inference.video.solving.person import PersonSolver  # noqa: E402
from tests.benchmarks.sketch.table import Row, print_table  # noqa: E402
from tests.benchmarks.video import measures  # noqa: E402
from tests.benchmarks.video.cases import Case, cases  # noqa: E402
from tests.benchmarks.video.one_ground import ground_rows, sample_scene  # noqa: E402

MM = 1e3
WORK = ROOT / "build" / "lifter"
CLIPS, FRAMES, SEED = 16, 96, 11
SCENES = 24
MARKS = [NUMBER[joint] for joint in measures.JOINTS]
WALKED = 0.5  # metres; drift is measured on longer paths


def _noise() -> NoiseModel:
    return load_noise(WORK / "noise.pt")


def _lifter() -> TemporalLifter:
    return TemporalLifter(create_session(find_model(LIFTER_NETWORK), Device(threads=1)))


def simulated() -> Iterator[Case]:
    """Sequences of val subjects through the noise model."""
    rng = np.random.default_rng(SEED)
    truth, cameras = sample_truth(rng, load_motions("val", False), CLIPS, FRAMES)
    return cases(truth, cameras, *_noise().sample(rng, truth, cameras))


def painted() -> Iterator[Case]:
    """Painted clips of val subjects."""
    clips = read_clips(WORK / "val.npz")
    return cases(clips.truth, clips.cameras, clips.points, clips.world, clips.visibility)


def people_on_one_ground() -> list[Row]:
    """Scenes of several people of val subjects; see `tests.benchmarks.video.one_ground`."""
    rng, bank, noise = np.random.default_rng(SEED), load_motions("val", False), _noise()
    scenes = [sample_scene(rng, bank, noise) for _ in range(SCENES)]
    return ground_rows(PersonSolver(load_default_body(), _lifter()), scenes)


def figures(solver: PersonSolver, given: list[Case]) -> dict[str, float]:
    """Mean figures of cases."""
    found: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        found.setdefault(name, []).append(value)

    ends, paths = 0.0, 0.0
    for case in given:
        motion = solver.solve(case.track, 1, FRAMERATE, case.lens, case.size, lambda: None)
        joints, truth = measures.in_camera(motion), case.joints[:, measures.ROWS]
        note("PA-MPJPE", measures.aligned_error(joints, truth) * MM)
        note("root MPJPE", measures.root_error(joints, truth) * MM)
        note("slide in contact", measures.slide(motion) * MM)
        local = case.local.copy()
        local[:, 0] = np.asarray(motion.camera_rotation).T @ local[:, 0]
        note("local rotation", measures.rotation_error(motion, local))
        hips = [places[:, measures.HIPS].mean(1) for places in (joints, truth)]
        end, path = measures.drift(*hips)
        if path > WALKED:
            ends, paths = ends + end, paths + path
    told = {name: float(np.nanmean(values)) for name, values in found.items()}
    return told | {"global drift": 100 * ends / max(paths, 1e-9)}


def raw_figures(given: list[Case]) -> float:
    """PA-MPJPE of the metric landmarks as they came, metres."""
    errors = []
    for case in given:
        truth = case.joints[case.track.frames - case.track.frames[0]][:, measures.ROWS]
        errors.append(measures.aligned_error(case.track.world[:, MARKS], truth))
    return float(np.mean(errors))


def known_motions(name: str, given: list[Case], asked: bool) -> list[Row]:
    """Rows of one set of cases, with and without the lifter."""
    body, count = load_default_body(), len(given)
    whole, without = (figures(PersonSolver(body, one), given) for one in (_lifter(), None))
    goals = {"PA-MPJPE": (40, 35), "local rotation": (14, 12), "global drift": (3, 2),
             "slide in contact": (3, 2)}  # fmt: skip
    units = {"local rotation": "°", "global drift": "% of the path"}
    rows = [
        Row(f"{name}: {what}", value, units.get(what, "mm"),
            *(goals.get(what, (None, None)) if asked else (None, None)), cases=count)
        for what, value in whole.items()
    ]  # fmt: skip
    rows.append(Row(f"{name}: PA-MPJPE without lifter", without["PA-MPJPE"], "mm", cases=count))
    rows.append(Row(f"{name}: PA-MPJPE, raw", raw_figures(given) * MM, "mm", cases=count))
    return rows


def rendered(folder: Path) -> list[Row]:
    """Films read and solved as any clip."""
    command = [sys.executable, "-m", "tests.benchmarks.video.render_films", "--out", str(folder)]
    if not list(folder.glob("*/truth.npz")):
        subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL, timeout=3600)
    films = sorted(path.parent for path in folder.glob("*/truth.npz"))
    if not films:
        print("skipped: no rendered films (they need the bpy module)")
        return []
    sessions = [create_session(find_model(name), Device(threads=1))
                for name in (*measures.POSE_NETWORKS, LIFTER_NETWORK)]  # fmt: skip
    estimator = VideoEstimator(*sessions[:2], lifter=sessions[2])
    measured = {film.name: _film(estimator, film) for film in films}
    whole = [error for error in measured.values() if error is not None]
    rows = [Row("rendered: PA-MPJPE", float(np.mean(whole)), "mm", 55, 45, cases=len(whole)),
            Row("rendered: found", 100 * len(whole) / len(films), "%", cases=len(films)),
    ]  # fmt: skip
    for name, error in measured.items():
        label = f"rendered, {name.replace('_', ' ')}: PA-MPJPE"
        rows.append(Row(label, float("nan") if error is None else error, "mm"))
    return rows


def _film(estimator: VideoEstimator, folder: Path) -> float | None:
    """PA-MPJPE of the person followed longest, mm; None when nobody was found."""
    truth = np.load(folder / "truth.npz")
    clip = folder / "film.mp4"
    size = tuple(int(value) for value in truth["size"])
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter_fourcc(*"mp4v"), FRAMERATE, size)  # type: ignore[attr-defined]
    for picture in sorted(folder.glob("[0-9]*.png")):
        writer.write(cv2.imread(str(picture)))
    writer.release()
    lens = float(truth["focal"]) / max(size) * FULL_FRAME
    try:
        motions = estimator.estimate_clip(str(clip), VideoOptions(lens=lens), JobReport())
    except Sketch2PoseError as error:  # nobody found is a figure, too
        print(f"{folder.name}: {error}")
        return None
    motion = max(motions, key=lambda one: one.frame_count)
    found = measures.in_camera(motion)
    return measures.aligned_error(found, truth["limbs"][motion.source_frames]) * MM


def main() -> int:
    """Measure, print and write ``lifter.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--films", type=Path, default=ROOT / "build" / "benchmarks" / "films")
    options = parser.parse_args()
    rows = rendered(options.films)
    for name, make, asked in (("simulated", simulated, True), ("painted", painted, False)):
        try:
            rows = known_motions(name, list(make())[:CLIPS], asked) + rows
        except FileNotFoundError as error:
            print(f"skipped: {name}, {error.filename} is not there")
    try:
        rows += people_on_one_ground()
    except FileNotFoundError as error:
        print(f"skipped: people on one ground, {error.filename} is not there")
    print_table(rows)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        report = {"benchmark": "lifter", "rows": [row.as_json() for row in rows]}
        report["notes"] = [" ".join((__doc__ or "").split("\n\n")[2].split())]
        (options.out / "lifter.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
