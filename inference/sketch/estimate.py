"""From a page to body motions: ink map, figures, solver.

Conventions: meters, radians, y up; camera from world with OpenCV axes; source px. Without a
camera the drawing is taken as seen by one that is level or tilted so that the figure is in
balance (see ``standing``); the figure stands on y = 0.
"""

from __future__ import annotations

import numpy as np

from ...core.arrays import Array
from ...core.axes import LEVEL_ROTATION
from ...core.body_motion import BodyModelNote, BodyMotion, SourceNote
from ...core.camera import Camera
from ...core.errors import Sketch2PoseError
from ...core.rotations import rotvec_from_rotmat
from ..body.model import BodyModel, load_default_body
from ..devices import Session
from ..pictures.page import Page
from ..report import Report
from ..solver.contacts import GROUND_CONTACTS
from ..solver.observation import DirectionObservation, SolveResult
from ..solver.solve import solve_directions
from .balance import stand
from .confidence import confidence
from .figure_detection import DetectedFigure, find_figures
from .ink import ink_map, is_blank
from .layout import CONTACTS, HEAD_FORWARD, JOINTS
from .missing_limbs import at_rest
from .network_output import signed, without_depth_bias
from .stroke_joints import sharpened

HYPOTHESES = 6
POINT_DOUBT = 0.4  # standard deviation of a keypoint as a share of its heatmap's spread
# Without a camera: how far away the viewer is, in heights of the figure, and how high above the
# ground, meters. Measured on held-out poses: nearer or farther costs up to 8 mm.
USUAL_DISTANCE = 5.0
EYE_HEIGHT = 1.0


class SketchEstimator:
    """Reads drawings of people. Keep one: the network stays loaded."""

    def __init__(self, session: Session, body: BodyModel | None = None) -> None:
        """Keep a loaded network.

        Args:
            session: the sketch network.
            body: whose proportions the pose is solved with.
        """
        self.session = session
        self.body = body or load_default_body()

    def estimate(self, page: Page, report: Report) -> list[BodyMotion]:
        """Finds and solves every figure on the page.

        Args:
            page: the drawing.
            report: progress, warnings, cancel.

        Returns:
            One still motion per person, left to right.

        Raises:
            Sketch2PoseError: the page is blank or nobody is on it.
        """
        report.progress(0.05, "Looking for people")
        ink = ink_map(page.gray, page.color)
        if is_blank(ink):
            raise _blank(page.name)
        figures, best = find_figures(self.session, ink, report.check)
        if not figures:
            raise _nobody(page.name, best)
        motions = []
        for index, figure in enumerate(figures):
            report.check()
            report.progress(
                0.5 + 0.5 * index / len(figures), f"Solving person {index + 1} of {len(figures)}"
            )
            motions.append(self._solve(page, figure, index))
        report.progress(1.0, "Done")
        return motions

    def _solve(self, page: Page, figure: DetectedFigure, index: int) -> BodyMotion:
        if page.strokes:
            figure = sharpened(figure, [line.points * page.scale for line in page.strokes])
        observation = observe(page, figure)
        result = solve_directions(observation, self.body, hypotheses=HYPOTHESES)
        result = at_rest(result, figure.output.visible[0], self.body)
        motion = to_motion(page, figure, result, self.body, index)
        return motion if page.camera is not None else stand(motion, self.body)


def observe(page: Page, figure: DetectedFigure) -> DirectionObservation:
    """The output for a figure in source px, as the solver takes it."""
    output = figure.output
    visible = output.visible[0, :JOINTS]
    points = figure.points[:JOINTS] / page.scale
    doubt = output.spread[0, :JOINTS].mean(-1) * figure.box.side / page.scale * POINT_DOUBT
    directions = signed(without_depth_bias(output))[0]
    return DirectionObservation(
        directions=directions[:JOINTS],
        direction_weight=output.concentration[0, :JOINTS],
        away_probability=output.away[0, :JOINTS],
        joints2d=points,
        joints2d_weight=1.0 / np.maximum(doubt, 0.5) ** 2,
        presence=visible,
        contacts=dict(zip(CONTACTS, output.contact[0].tolist(), strict=True)),
        back_probability=float(output.reflected[0]),
        head_facing=directions[HEAD_FORWARD],
        head_facing_weight=float(output.concentration[0, HEAD_FORWARD]),
        camera=_camera(page, points[visible > 0.3] if (visible > 0.3).any() else points),
        image_size=page.image_size,
    )


def _camera(page: Page, points: Array) -> Camera:
    """The drawing's camera, or a level one at the distance people are usually drawn from."""
    if page.camera is None:
        low, high = points.min(0), points.max(0)
        focal = USUAL_DISTANCE * max(float((high - low).max()), 1.0)
        back = np.array([0.0, EYE_HEIGHT, 1.7 * USUAL_DISTANCE])
        return Camera(LEVEL_ROTATION, back, focal, (low + high) / 2, page.image_size)
    return page.camera


def to_motion(
    page: Page, figure: DetectedFigure, result: SolveResult, body: BodyModel, index: int
) -> BodyMotion:
    """The solved figure as a BodyMotion of one frame."""
    poses = rotvec_from_rotmat(result.rotations).reshape(len(result.rotations), 1, -1)
    contacts = dict(zip(CONTACTS, figure.output.contact[0], strict=True))
    joint_names = [name.split("-")[0] for name in GROUND_CONTACTS]
    return BodyMotion(
        poses=poses[0].astype(np.float32),
        trans=result.translations[:1].astype(np.float32),
        betas=np.zeros(10, np.float32),
        joints3d=result.joints[:1].astype(np.float32),
        joints2d=(figure.points[None, :JOINTS] / page.scale).astype(np.float32),
        confidence=confidence(figure.output, result.doubts)[None].astype(np.float32),
        contacts=np.array([[contacts[name] for name in GROUND_CONTACTS]], np.float32),
        contact_names=tuple(joint_names),
        hypothesis_poses=poses.astype(np.float32),
        hypothesis_scores=result.scores.astype(np.float32),
        person_id=index,
        body_model=BodyModelNote(body.name, body.licence),
        source=SourceNote(page.name, page.kind),
    ).with_camera(result.camera)


def _blank(name: str) -> Sketch2PoseError:
    return Sketch2PoseError(
        f'Nothing is drawn on "{name}"',
        "the image is blank or its lines are too faint",
        "Draw a figure with darker lines and try again",
        "sketch.blank",
    )


def _nobody(name: str, best: float) -> Sketch2PoseError:
    return Sketch2PoseError(
        f'Nobody was found in "{name}"',
        f"no part of the drawing looks like a person (highest confidence {best:.0%})",
        "Draw connected head, torso, arms and legs, or crop the image to one figure",
        "sketch.nobody",
    )
