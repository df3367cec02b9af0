"""The parts of the sketch benchmark: which drawings are run and which pictures are made."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sketch2pose.inference.body.model import load_default_body
from sketch2pose.inference.sketch.confidence import COEFFICIENTS
from sketch2pose.inference.sketch.estimate import SketchEstimator
from sketch2pose.inference.sketch.network_output import WEIGHTS
from sketch2pose.inference.solver.confidence import GOOD_ANGLE

from .ambiguous import is_ambiguous, recorded_poses
from .drawings import RealDrawing, load_amateur, load_annotated, load_nobody
from .external import ExternalDrawing, extra_folder, load_cast, make_set
from .faults import faults
from .figures import (
    EXTERNAL,
    SYNTHETIC,
    Asked,
    nobody_rows,
    pose_reliability,
    pose_rows,
    proportion_rows,
    real_rows,
    rows_by,
    stroke_rows,
    time_rows,
)
from .leaning import lean_rows
from .metrics import limb_points
from .mpfb_people import mpfb_folder
from .oracle import oracle_rows
from .own_body import own_body_rows
from .reliability import draw_reliability
from .run import Estimator, Outcome, estimate
from .score import PoseScore, RealScore, score_pose, score_real
from .sheet import Entry, write_sheets
from .stroke_figures import make_stroke_figures
from .synthetic import SyntheticDrawing, make_synthetic
from .table import Row

Array = NDArray[np.floating]

EXTERNAL_COUNT = 84
SYNTHETIC_COUNT = 300
SYNTHETIC_SHOWN = 28
STROKES_COUNT = 100
ORACLE_COUNT = 100
ORACLE_NOTE = (
    "The oracle rows solve the synthetic test again with parts of the truth told: what is left is "
    "the share of the others (a slope is how far a bone leaves the page, whichever way)."
)
RELIABILITY = "reliability.png"
EXTERNAL_CAPTION = (
    "External line art: drawing with the joints read, posed body from the same view and from "
    "the side; left limbs warm, right limbs cold"
)
REAL_CAPTION = (
    "Real drawings of the evaluation set (licenses.md names their makers): green where joints were "
    "marked by hand, limbs as read, the posed body from the same view and from the side"
)
RELIABILITY_CAPTION = (
    f"Of limb bones stated with some confidence, how many point within "
    f"{np.degrees(GOOD_ANGLE):.0f}° of the truth"
)
REPEATS = 4  # of every real drawing when time is taken


@dataclass(frozen=True)
class Setting:
    """What a section needs: the estimator, the evaluation data and where results go."""

    estimator: Estimator
    data: Path
    out: Path
    seed: int
    quick: bool = False

    def few(self, count: int) -> int:
        """A count, or a tenth of it in a quick run."""
        return max(count // 10, 1) if self.quick else count


@dataclass(frozen=True)
class Section:
    """What a section measured.

    Attributes:
        rows: the figures.
        details: a plain record of each drawing.
        notes: sentences for the reader.
        show: caption → file name of the pictures that go into the documentation.
    """

    rows: list[Row]
    details: list[dict]
    notes: tuple[str, ...] = ()
    show: dict[str, str] = field(default_factory=dict)


def real_section(setting: Setting) -> Section:
    """Hand-marked real drawings."""
    sketches = setting.data / "sketches"
    drawings = [
        *load_annotated(sketches / "annotated"),
        *load_amateur(sketches / "animated_drawings"),
    ]
    outcomes = [estimate(setting.estimator, drawing.path) for drawing in drawings]
    scores = [score_real(*pair) for pair in zip(drawings, outcomes, strict=True)]
    cases = list(zip(drawings, outcomes, scores, strict=True))
    sheets = write_sheets([_real_entry(*case) for case in cases], setting.out, "real")
    details = [_real_detail(*case) for case in cases]
    show = {REAL_CAPTION: sheets[0].name}
    return Section(real_rows(scores), details, (_wrong_drawings(details),), show)


def _wrong_drawings(details: list[dict]) -> str:
    """The real drawings that came out wrong and why, as a sentence."""
    wrong = [f"{detail['name']}: {detail['faults']}" for detail in details if detail["faults"]]
    if not wrong:
        return "Every joint of every real drawing lies within a tenth of its size."
    listed = "\n".join(f"- {line}" for line in wrong)
    return f"Real drawings with something wrong (% of the drawing's size):\n\n{listed}"


def _real_entry(drawing: RealDrawing, outcome: Outcome, score: RealScore) -> Entry:
    caption = f"{drawing.name}: PCK@.1 {score.pck(0.1):.2f} @.05 {score.pck(0.05):.2f}"
    caption += f" posed {score.pck(0.1, posed=True):.2f}" + ("" if score.found else " NOT FOUND")
    truth = np.concatenate([drawing.arms, drawing.legs]).reshape(-1, 2)
    return Entry(drawing.path, outcome.motions, caption, truth)


def _real_detail(drawing: RealDrawing, outcome: Outcome, score: RealScore) -> dict:
    return {
        "name": drawing.name,
        "found": score.found,
        "people": score.people,
        "refusal": outcome.refusal,
        "pck10": round(score.pck(0.1), 3),
        "pck05": round(score.pck(0.05), 3),
        "posed_pck10": round(score.pck(0.1, posed=True), 3),
        "faults": faults(drawing, outcome, score),
    }


def nobody_section(setting: Setting) -> Section:
    """Pages without people: how many are called a person."""
    paths = load_nobody(setting.data / "sketches" / "no_person")
    outcomes = [estimate(setting.estimator, path) for path in paths]
    cases = list(zip(paths, outcomes, strict=True))
    entries = [Entry(path, outcome.motions, path.stem) for path, outcome in cases]
    write_sheets(entries, setting.out, "no_person")
    details = [{"name": path.stem, "people": len(outcome.motions)} for path, outcome in cases]
    return Section(nobody_rows([bool(outcome.motions) for outcome in outcomes]), details)


def external_section(setting: Setting) -> Section:
    """Line drawings of characters the net has never seen, with exact 3D joints."""
    people = mpfb_folder(setting.out / "mpfb")
    cast = load_cast(setting.data / "rigs", people, extra_folder())
    each = -(-setting.few(EXTERNAL_COUNT) // len(cast))
    pack = setting.data / "mocap" / "val_poses.npz"
    drawings = make_set(cast, pack, setting.out / "external", setting.seed, each)
    outcomes = [estimate(setting.estimator, drawing.path) for drawing in drawings]
    scores = _pose_scores(drawings, outcomes, setting.data)
    cases = list(zip(drawings, outcomes, scores, strict=True))
    entries = [Entry(d.path, o.motions, f"{d.name[:38]} {short(s)}") for d, o, s in cases]
    sheets = write_sheets(entries, setting.out, "external")
    draw_reliability(pose_reliability(scores), setting.out / RELIABILITY)
    rows = pose_rows("external line art", scores, EXTERNAL)
    characters = [drawing.character for drawing in drawings]
    rows += proportion_rows([d.limbs for d in drawings], _true_bodies(drawings), characters)
    errors = [score.pa_mm for score in scores]
    rows += rows_by("external", characters, errors)
    rows += own_body_rows({person.name: person for person in cast}, drawings, outcomes)
    rows += rows_by("external", [drawing.pen for drawing in drawings], errors)
    details = [
        {**_pose_detail(d.name, s), "character": d.character, "pen": d.pen} for d, _, s in cases
    ]
    names = ", ".join(character.name for character in cast)
    note = f"External line art shows {names}, {each} drawings each."
    show = {EXTERNAL_CAPTION: sheets[0].name, RELIABILITY_CAPTION: RELIABILITY}
    return Section(rows, details, (note, *stale_confidence()), show)


def stale_confidence(network: Path = WEIGHTS) -> tuple[str, ...]:
    """A sentence when the confidence was fitted with another network than this one."""
    fitted = json.loads(COEFFICIENTS.read_text(encoding="utf-8"))["network_sha256"]
    if fitted == hashlib.sha256(network.read_bytes()).hexdigest():
        return ()
    command = "python -m sketch2pose.inference.training.sketch.fit_confidence"
    return (f"The confidence was fitted with another network: run `{command}`.",)


def _true_bodies(drawings: list[ExternalDrawing]) -> Array:
    """[N, 12, 3] the default body in the poses that were drawn, metres."""
    local = np.stack([drawing.local for drawing in drawings])
    return limb_points(load_default_body().forward(local, np.zeros((len(local), 3))))


def synthetic_section(setting: Setting) -> Section:
    """Held-out subjects in styles withheld from training (needs the training code)."""
    count = setting.few(SYNTHETIC_COUNT)
    try:
        drawings = make_synthetic(count, setting.seed)
    except ImportError as error:
        why = f"Synthetic test not run: {error.name} is missing (python build.py setup --training)."
        return Section([], [], (why,))
    outcomes, scores = _posed(setting, drawings)
    cases = list(zip(drawings, outcomes, scores, strict=True))
    shown = cases[:SYNTHETIC_SHOWN]
    entries = [Entry(d.page, o.motions, f"{d.name} {short(s)}") for d, o, s in shown]
    write_sheets(entries, setting.out, "synthetic")
    rows = pose_rows("synthetic, styles withheld", scores, SYNTHETIC)
    rows += lean_rows("synthetic, styles withheld", drawings, outcomes)
    for what, others in (
        ("also with limbs of other poses", make_synthetic(count, setting.seed, as_recorded=False)),
        ("in true proportions", make_synthetic(count, setting.seed, true_proportions=True)),
    ):
        rows += pose_rows(f"synthetic, {what}", _posed(setting, others)[1], Asked())
    return Section(rows, [_pose_detail(d.name, s) for d, _, s in cases])


def _posed(
    setting: Setting, drawings: list[SyntheticDrawing]
) -> tuple[list[Outcome], list[PoseScore]]:
    outcomes = [estimate(setting.estimator, drawing.page) for drawing in drawings]
    return outcomes, _pose_scores(drawings, outcomes, setting.data)


def oracle_section(setting: Setting) -> Section:
    """Where the error of the synthetic test comes from (needs the training code)."""
    try:
        drawings = make_synthetic(setting.few(ORACLE_COUNT), setting.seed)
    except ImportError as error:
        why = f"Oracle not run: {error.name} is missing (python build.py setup --training)."
        return Section([], [], (why,))
    if not isinstance(setting.estimator, SketchEstimator):  # it looks inside
        return Section([], [], ("Oracle not run: it needs the shipped estimator.",))
    return Section(oracle_rows(setting.estimator, drawings), [], (ORACLE_NOTE,))


def strokes_section(setting: Setting) -> Section:
    """The same stick figures as pixels and as strokes (needs the training code)."""
    try:
        drawings = make_stroke_figures(setting.few(STROKES_COUNT), setting.seed)
    except ImportError as error:
        why = f"Strokes not run: {error.name} is missing (python build.py setup --training)."
        return Section([], [], (why,))
    rows = []
    for what, pages in (
        ("strokes taken as pixels", [replace(d.page, strokes=None) for d in drawings]),
        ("strokes taken as strokes", [d.page for d in drawings]),
    ):
        outcomes = [estimate(setting.estimator, page) for page in pages]
        rows += stroke_rows(
            what, drawings, outcomes, _pose_scores(drawings, outcomes, setting.data)
        )
    return Section(rows, [])


def _pose_scores(
    drawings: list[ExternalDrawing] | list[SyntheticDrawing], outcomes: list[Outcome], data: Path
) -> list[PoseScore]:
    recorded = recorded_poses(data / "mocap")
    return [
        score_pose(d.limbs, outcome, d.pixels, ambiguous=is_ambiguous(d.limbs, recorded))
        for d, outcome in zip(drawings, outcomes, strict=True)
    ]


def short(score: PoseScore) -> str:
    """A pose score in half a line."""
    if not score.found:
        return "NOT FOUND"
    swapped = " SWAPPED" if score.swapped else ""
    angle = float(np.mean(score.directions))
    return f"PA {score.pa_mm:.0f} best {score.best_mm:.0f} dir {angle:.0f}{swapped}"


def _pose_detail(name: str, score: PoseScore) -> dict:
    numbers = {
        "pa_mm": score.pa_mm,
        "mpjpe_mm": score.mpjpe_mm,
        "best_mm": score.best_mm,
        "direction_deg": float(np.mean(score.directions)),
    }
    rounded = {key: round(value, 1) if score.found else None for key, value in numbers.items()}
    flags = {"found": score.found, "swapped": score.swapped, "ambiguous": score.ambiguous}
    return {"name": name, **flags, **rounded}


def latency_section(setting: Setting) -> Section:
    """Warm time from the file to the motion on pages with one figure, on one thread."""
    drawings = load_annotated(setting.data / "sketches" / "annotated")
    paths = [drawing.path for drawing in drawings]
    estimate(setting.estimator, paths[0])  # what is loaded once is not the user's wait
    repeats = 1 if setting.quick else REPEATS
    outcomes = [estimate(setting.estimator, path) for path in paths * repeats]
    return Section(time_rows(outcomes), [])


SECTIONS: dict[str, Callable[[Setting], Section]] = {
    "real": real_section,
    "no_person": nobody_section,
    "external": external_section,
    "synthetic": synthetic_section,
    "oracle": oracle_section,
    "strokes": strokes_section,
    "latency": latency_section,
}
