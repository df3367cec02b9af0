"""A line drawing of the body: outlines and the edges where one limb passes before another."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from .figure import Figure
from .pen import Pen, Points

GAP = 0.045  # metres of depth between two parts that make an edge
STROKE_LENGTH = 260  # px after which the hand lifts the pen

PARTS = {
    "head": ("head",),
    "left_upper_arm": ("left_shoulder",),
    "right_upper_arm": ("right_shoulder",),
    "left_forearm": ("left_elbow", "left_wrist", "left_hand"),
    "right_forearm": ("right_elbow", "right_wrist", "right_hand"),
    "left_thigh": ("left_hip",),
    "right_thigh": ("right_hip",),
    "left_shin": ("left_knee", "left_ankle", "left_foot"),
    "right_shin": ("right_knee", "right_ankle", "right_foot"),
}


def draw_body_lines(figure: Figure, pen: Pen) -> None:
    """Draw the visible edges of the body, stroke by stroke."""
    parts, depth = visible_parts(figure, pen.size)
    for part in range(1, parts.max() + 1):
        edges = _edges_of(part, parts, depth)
        for run in _runs(parts == part, edges):
            for piece in _pieces(_smoothed(run), pen):
                pen.stroke(piece, overshoot=3)


def visible_parts(figure: Figure, size: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """[size, size] part number (0 paper, 1 trunk) and depth in metres of what is in front."""
    part_of_joint = np.ones(len(figure.joint_names), np.uint8)
    for number, names in enumerate(PARTS.values(), start=2):
        part_of_joint[[figure.joint_names.index(name) for name in names]] = number
    face_parts = part_of_joint[figure.owners]
    face_depths = figure.depths[figure.faces].mean(1)
    corners = np.round(figure.vertices[figure.faces] * 16).astype(np.int32)
    parts = np.zeros((size, size), np.uint8)
    depth = np.full((size, size), np.inf, np.float32)
    for index in np.argsort(-face_depths):  # the painter's order: far to near
        cv2.fillConvexPoly(parts, corners[index], [int(face_parts[index])], cv2.LINE_8, 4)
        cv2.fillConvexPoly(depth, corners[index], [float(face_depths[index])], cv2.LINE_8, 4)
    return cv2.medianBlur(parts, 5).astype(np.uint8), depth


def _edges_of(part: int, parts: NDArray, depth: NDArray) -> NDArray[np.bool_]:
    """Pixels of a part that lie beside paper or beside something clearly behind."""
    own = parts == part
    near = cv2.dilate(np.where(own, depth, 0).astype(np.float32), np.ones((5, 5), np.uint8))
    behind = ~own & (near > 0) & (depth > near + GAP)
    paper = parts == 0
    return own & (cv2.dilate((behind | paper).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)


def _runs(mask: NDArray[np.bool_], edges: NDArray[np.bool_]) -> Iterator[Points]:
    """Stretches of a part's outline that are to be drawn, [N, 2] px each."""
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    for outline in outlines:
        points = outline[:, 0, :].astype(np.intp)
        drawn = edges[points[:, 1], points[:, 0]]
        if drawn.all():
            yield np.vstack([points, points[:6]]).astype(np.float64)
            continue
        first = int(np.argmin(drawn))  # begin where nothing is drawn
        points, drawn = np.roll(points, -first, 0), np.roll(drawn, -first)
        changes = np.flatnonzero(np.diff(np.concatenate([[0], drawn.astype(int), [0]])))
        for start, end in changes.reshape(-1, 2):
            if end - start >= 16:
                yield points[start:end].astype(np.float64)


def _smoothed(run: Points) -> Points:
    """The run without pixel steps."""
    reach = min(15, len(run) // 2)
    head, tail = 2 * run[0] - run[reach:0:-1], 2 * run[-1] - run[-2 : -reach - 2 : -1]
    padded = np.vstack([head, run, tail])
    smooth = cv2.GaussianBlur(padded, (1, 0), sigmaX=0.01, sigmaY=4.0)
    return smooth[len(head) : len(head) + len(run)].astype(np.float64)


def _pieces(run: Points, pen: Pen) -> Iterator[Points]:
    """Strokes of a hand's length, each beginning a little before the last one's end."""
    start = 0
    while start < len(run) - 8:
        end = start + int(STROKE_LENGTH * pen.random.uniform(0.7, 1.4))
        end = len(run) if len(run) - end < 60 else end
        piece = run[start:end:6]
        if len(piece) >= 2:
            yield piece
        start = end - 6
