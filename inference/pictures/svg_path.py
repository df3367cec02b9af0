"""SVG path data to polylines (SVG 2, chapter 9 "Paths")."""

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Polyline = NDArray[np.float64]

CURVE_SEGMENTS = 24  # sagitta below 1 px for a quarter circle of 1000 px
_TOKEN = re.compile(r"([MmZzLlHhVvCcSsQqTtAa])|([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)")
_ARC_FLAGS = re.compile(r"\s*,?\s*([01])")
_ARGUMENT_COUNT = {"M": 2, "Z": 0, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7}


def polylines_from_path(text: str) -> list[Polyline]:
    """Flatten path data.

    As the standard asks, everything before the first error in the text is kept.

    Args:
        text: the `d` attribute.

    Returns:
        One [N, 2] polyline for each sub-path, in user units.
    """
    pen = _Pen()
    for command, arguments in _commands(text):
        pen.draw(command, arguments)
    return [np.array(line, dtype=np.float64) for line in pen.lines if line]


def _commands(text: str) -> list[tuple[str, list[float]]]:
    """Commands with exactly their number of arguments; repeated ones are split."""
    commands: list[tuple[str, list[float]]] = []
    position, current = 0, ""
    while True:
        position = _skip_separators(text, position)
        match = _TOKEN.match(text, position)
        if match is None:
            return commands
        if match.group(1):
            current, position = match.group(1), match.end()
        elif not current or current in "Zz":
            return commands
        arguments, position = _arguments(text, position, current.upper())
        if arguments is None:
            return commands
        commands.append((current, arguments))
        current = {"M": "L", "m": "l"}.get(current, current)


def _arguments(text: str, position: int, command: str) -> tuple[list[float] | None, int]:
    values: list[float] = []
    for index in range(_ARGUMENT_COUNT[command]):
        flag = command == "A" and index in (3, 4)  # flags may stick together: "a1 1 0 0110 10"
        position = _skip_separators(text, position)
        match = (_ARC_FLAGS if flag else _TOKEN).match(text, position)
        number = match and match.group(1 if flag else 2)
        if match is None or number is None:
            return None, position
        values.append(float(number))
        position = match.end()
    return values, position


def _skip_separators(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n\f,":
        position += 1
    return position


class _Pen:
    """Draws path commands; keeps the current point and the last control point."""

    def __init__(self) -> None:
        self.lines: list[list[NDArray[np.float64]]] = []
        self._at = np.zeros(2)
        self._start = np.zeros(2)
        self._control: tuple[str, NDArray[np.float64]] = ("", np.zeros(2))

    def draw(self, command: str, arguments: list[float]) -> None:
        name = command.upper()
        base = self._at if command.islower() else np.zeros(2)
        control, self._control = self._control, ("", self._at)
        if name == "Z":
            self._close()
        elif name == "A":
            self._arc(arguments, base + arguments[5:7])
        elif name in "HV":
            self._straight_along(name, base, arguments[0])
        else:
            points = base + np.array(arguments).reshape(-1, 2)
            draw: Callable[..., None] = {
                "M": self._move, "L": self._line, "C": self._cubic, "S": self._smooth_cubic,
                "Q": self._quadratic, "T": self._smooth_quadratic,
            }[name]  # fmt: skip
            draw(points, control)

    def _move(self, points: Polyline, _: object = None) -> None:
        self._at = self._start = points[-1]
        self.lines.append([self._at])

    def _line(self, points: Polyline, _: object = None) -> None:
        if not self.lines:
            self.lines.append([self._at])
        self.lines[-1].extend(points)
        self._at = points[-1]

    def _close(self) -> None:
        if self.lines:
            self._line(self._start[None])
            self.lines.append([])  # what follows without a move starts here again
            self.lines[-1].append(self._start)

    def _straight_along(self, name: str, base: NDArray[np.float64], value: float) -> None:
        target = self._at.copy()
        axis = 0 if name == "H" else 1
        target[axis] = base[axis] + value
        self._line(target[None])

    def _cubic(self, points: Polyline, _: object = None) -> None:
        t = np.linspace(0.0, 1.0, CURVE_SEGMENTS + 1)[1:, None]
        p0, (p1, p2, p3) = self._at, points
        curve = (1 - t) ** 3 * p0 + 3 * t * (1 - t) ** 2 * p1 + 3 * t**2 * (1 - t) * p2 + t**3 * p3
        self._line(curve)
        self._at = p3
        self._control = ("C", p2)

    def _quadratic(self, points: Polyline, _: object = None) -> None:
        p0, (p1, p2) = self._at, points
        self._cubic(np.array([p0 + (p1 - p0) * 2 / 3, p2 + (p1 - p2) * 2 / 3, p2]))
        self._control = ("Q", p1)

    def _smooth_cubic(self, points: Polyline, control: tuple[str, NDArray[np.float64]]) -> None:
        self._cubic(np.vstack([self._reflected("C", control), points]))

    def _smooth_quadratic(self, points: Polyline, control: tuple[str, NDArray[np.float64]]) -> None:
        self._quadratic(np.vstack([self._reflected("Q", control), points]))

    def _reflected(
        self, kind: str, control: tuple[str, NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        return 2 * self._at - control[1] if control[0] == kind else self._at

    def _arc(self, arguments: list[float], end: NDArray[np.float64]) -> None:
        rx, ry, degrees, large, sweep = arguments[:5]
        self._line(
            arc_points(self._at, end, (rx, ry), np.radians(degrees), bool(large), bool(sweep))
        )
        self._at = end


def arc_points(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    radii: tuple[float, float],
    tilt: float,
    large: bool,
    sweep: bool,
) -> Polyline:
    """Elliptical arc by the standard's conversion to center form (SVG 2, appendix B.2.4).

    Args:
        start: [2] first point (not returned).
        end: [2] last point.
        radii: of the ellipse; scaled up when they are too small to reach.
        tilt: rotation of the ellipse, radians.
        large: take the arc of more than 180 degrees.
        sweep: turn in the direction of positive angles.

    Returns:
        [N, 2] points after `start` up to and including `end`.
    """
    rx, ry = abs(radii[0]), abs(radii[1])
    if rx == 0 or ry == 0 or np.array_equal(start, end):
        return end[None].astype(np.float64)
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    # in the frame where the ellipse is the unit circle
    half = turn.T @ (start - end) / 2 / (rx, ry)
    reach = float(half @ half)
    if reach == 0.0 or not np.isfinite(reach):  # the numbers are too far apart for an arc
        return end[None].astype(np.float64)
    grow = max(1.0, np.sqrt(reach))
    half, radius = half / grow, np.array([rx, ry]) * grow
    offset = np.sqrt(max(0.0, 1.0 / min(reach, 1.0) - 1.0)) * np.array([half[1], -half[0]])
    center = -offset if large == sweep else offset
    first, last = half - center, -half - center
    span = np.arctan2(first[0] * last[1] - first[1] * last[0], first @ last)
    span = span % (2 * np.pi) - (0.0 if sweep else 2 * np.pi)
    angles = np.arctan2(first[1], first[0]) + np.linspace(0, span, 2 * CURVE_SEGMENTS + 1)[1:]
    circle = center + np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points = (circle * radius) @ turn.T + (start + end) / 2
    points[-1] = end
    return points
