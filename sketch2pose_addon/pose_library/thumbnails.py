"""Pictures of poses as Blender icons, drawn by a thread so that the window never waits.

A picture is asked for by key; until it is drawn there is a blank icon, then the panels are redrawn.
The thread sees numbers only; Blender's data is touched in `pump()`, on the main thread.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache, partial
from typing import Any

import bpy
import bpy.utils.previews  # pyright: ignore[reportMissingImports]
import numpy as np
from numpy.typing import ArrayLike

from ...core.arrays import Float32Array
from ...rigs.poses.point_figure import PointFigure, figure_from_body
from ...rigs.poses.thumbnail import THREE_QUARTER, render
from ..bodies.body import SHAPE_COUNT, load_body_data
from ..host.redraw import redraw_panels

SIZE = 96  # px
MOST_KEPT = 600
_INTERVAL = 0.05  # s

_pictures: dict[str, Float32Array] = {}
_waiting: dict[str, Future[Float32Array]] = {}
_state: dict[str, Any] = {}


@lru_cache(maxsize=1)
def figure() -> PointFigure:
    """The default body as thumbnails show it."""
    data = load_body_data()
    rest = data.joints_template + data.joint_shapedirs @ np.zeros(SHAPE_COUNT)
    return figure_from_body(
        data.v_template, data.polygons, data.weight_joints, data.weight_values, rest
    )


def picture(key: str, pose: ArrayLike, view: ArrayLike = THREE_QUARTER) -> Float32Array | None:
    """The picture of that key, or None while it is being drawn.

    Args:
        key: names the picture: the same key has to mean the same pose and view.
        pose: [72].
        view: [3] direction of looking, in body space.
    """
    done = _pictures.get(key)
    if done is None and key not in _waiting:
        _forget_oldest()
        numbers = np.array(pose, dtype=np.float64), np.array(view, dtype=np.float64)
        _waiting[key] = _pool().submit(partial(_drawn, *numbers))
        _start_timer()
    return done


def icon(key: str, pose: ArrayLike, view: ArrayLike = THREE_QUARTER) -> int:
    """The icon of that key; a blank one while it is being drawn. Arguments as for `picture`."""
    collection = _previews()
    if key in collection:
        return collection[key].icon_id
    drawn = picture(key, pose, view)
    if drawn is None:
        return 0
    preview = collection.new(key)
    fill_preview(preview, drawn)
    return preview.icon_id


def fill_preview(preview: Any, drawn: Float32Array) -> None:
    """Puts a picture into one of Blender's previews (its rows begin at the bottom)."""
    height, width = drawn.shape[:2]
    preview.image_size = (width, height)
    preview.image_pixels_float.foreach_set(np.ascontiguousarray(drawn[::-1]).ravel())


def draw_now(pose: ArrayLike, view: ArrayLike = THREE_QUARTER, size: int = SIZE) -> Float32Array:
    """A picture at once."""
    return render(figure(), pose, view, size)


def pump() -> float | None:
    """Takes over what the thread has drawn; runs as a timer while something is waiting."""
    ready = [key for key, future in _waiting.items() if future.done()]
    for key in ready:
        _pictures[key] = _waiting.pop(key).result()
    if ready:
        redraw_panels()
    return _INTERVAL if _waiting else None


def _drawn(pose: np.ndarray, view: np.ndarray) -> Float32Array:
    return render(figure(), pose, view, SIZE)


def _pool() -> ThreadPoolExecutor:
    if "pool" not in _state:
        _state["pool"] = ThreadPoolExecutor(1, thread_name_prefix="sketch2pose-thumbnails")
    return _state["pool"]


def _previews() -> Any:
    if "previews" not in _state:
        _state["previews"] = bpy.utils.previews.new()
    return _state["previews"]


def _start_timer() -> None:
    if not bpy.app.background and not bpy.app.timers.is_registered(pump):
        bpy.app.timers.register(pump, first_interval=_INTERVAL, persistent=True)


def _forget_oldest() -> None:
    """Hypotheses come and go: old pictures make room."""
    while len(_pictures) >= MOST_KEPT:
        oldest = next(iter(_pictures))
        del _pictures[oldest]
        if oldest in _previews():
            del _previews()[oldest]


def unregister() -> None:
    if bpy.app.timers.is_registered(pump):
        bpy.app.timers.unregister(pump)
    if "pool" in _state:
        _state.pop("pool").shutdown(wait=True, cancel_futures=True)
    if "previews" in _state:
        bpy.utils.previews.remove(_state.pop("previews"))
    _waiting.clear()
    _pictures.clear()
