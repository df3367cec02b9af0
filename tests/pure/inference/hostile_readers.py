"""Reads hostile files through the product's readers, each in a child with limits of its own.

A child ends in one of four ways: it accepts the file, says one sentence, lets an exception through,
or is ended by the system (a crash, too much time or memory).
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sketch2pose.core.errors import Sketch2PoseError

SECONDS = 5.0  # of processor time
MEMORY = 1 << 30  # bytes that a child may take beside what it starts with
STARTS_WITH = 2 << 30  # address space of the interpreter, NumPy, OpenCV and their threads


@dataclass(frozen=True)
class Outcome:
    """How reading a file ended: `verdict` is accepted, sentence, traceback, crash or limit."""

    verdict: str
    said: str
    seconds: float
    megabytes: float


def _motion(path: Path) -> None:
    from sketch2pose.inference.importers.read_motion import read_motion

    for motion in read_motion(path).motions:
        _resampled(motion)


def _resampled(motion: Any) -> None:
    """What putting it on a rig asks for first."""
    import numpy as np

    from sketch2pose.rigs.human_motion import human_motion_from_smpl
    from sketch2pose.rigs.resample import resampled

    joints = motion.joints3d
    joints = np.zeros((motion.frame_count, 24, 3)) if joints is None else joints
    human = human_motion_from_smpl(motion.poses, joints, motion.mocap_framerate)
    resampled(human, 24.0, motion.times)


def _body_motion(path: Path) -> None:
    from sketch2pose.core.body_motion import read_body_motion

    _resampled(read_body_motion(path))


def _page(path: Path) -> None:
    from sketch2pose.inference.pictures.page import load_page

    load_page(path)


def _smpl(path: Path) -> None:
    from sketch2pose.inference.body.smpl_files import load_smpl_file

    load_smpl_file(path)


def _skel(path: Path) -> None:
    from sketch2pose.inference.skel.model.skel_file import load_skel_file

    load_skel_file(path)


def _skel_motion(path: Path) -> None:
    from sketch2pose.inference.skel.motion import read_skel_motion

    read_skel_motion(path)


def _observation(path: Path) -> None:
    from sketch2pose.inference.video.observing.observation import read_observation

    read_observation(path)


def _keypoints(path: Path) -> None:
    from sketch2pose.inference.importers.keypoint_files import read_keypoint_frames

    read_keypoint_frames(path)


def _camera(path: Path) -> None:
    from sketch2pose.core.filmed_camera import read_camera

    read_camera(path)


def _strokes(path: Path) -> None:
    from sketch2pose.core.strokes import read_strokes

    read_strokes(path)


def _bone_map(path: Path) -> None:
    from sketch2pose.rigs.bone_maps.bone_map import bone_map_from_json

    bone_map_from_json(path.read_text(encoding="utf-8"))


def _document(path: Path) -> Any:
    """The JSON of a request, which the protocol has refused when it is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Sketch2PoseError("The request was not read", "it is no JSON", "Ask again") from error


def _edits(path: Path) -> None:
    from sketch2pose.core.corrections.edits import edits_from_json

    edits_from_json(_document(path))


def _options(path: Path) -> None:
    from sketch2pose.inference.protocol.wire import read_request

    options = _document(path)
    options = options if isinstance(options, dict) else {"options": options}
    read_request({"type": "video", "inputs": [], "out_dir": "", **options})


def _card(path: Path) -> None:
    from sketch2pose.inference.model_cards import read_card

    read_card(path)


READERS: dict[str, Callable[[Path], None]] = {
    "motion": _motion, "page": _page, "body_motion": _body_motion, "smpl": _smpl, "skel": _skel,
    "skelmotion": _skel_motion, "observation": _observation, "kpframes": _keypoints,
    "camera": _camera, "strokes": _strokes, "bonemap": _bone_map, "edits": _edits,
    "options": _options, "card": _card, "blender": _motion, "oob_read_leak": _motion,
}  # fmt: skip


def reader_of(path: Path) -> str:
    """The reader that a file of the collection was made for, by its name."""
    parts = path.stem.split("__")
    return parts[1] if len(parts) == 3 else parts[0]


def outcome_of(path: Path, reader: str = "") -> Outcome:
    """Read a file in a child process with limits.

    Args:
        path: the file.
        reader: one of `READERS`; by default from its name.
    """
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    start = time.perf_counter()
    child = context.Process(target=_child, args=(path, reader or reader_of(path), sending))
    child.start()
    sending.close()
    said = _received(receiving)
    child.join(SECONDS)
    if child.is_alive():
        child.kill()
        child.join()
    seconds = time.perf_counter() - start
    if said is not None:
        return Outcome(*said)
    killed = -(child.exitcode or 0)
    limit = killed in (9, 24)  # SIGKILL, SIGXCPU
    return Outcome("limit" if limit else "crash", f"signal {killed}", round(seconds, 2), 0.0)


def _received(receiving: Any) -> tuple[str, str, float, float] | None:
    """What the child said; None when it was ended before it could."""
    try:
        return receiving.recv() if receiving.poll(8 * SECONDS) else None
    except EOFError:
        return None


def _child(path: Path, reader: str, sending: Any) -> None:
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - until the process ends
    os.dup2(sys.stderr.fileno(), 2)  # libpng writes there
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (STARTS_WITH + MEMORY,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS), int(SECONDS)))
    verdict, said = "accepted", ""
    try:
        READERS[reader](path)
    except Sketch2PoseError as error:
        verdict, said = "sentence", str(error)
    except BaseException as error:  # that is what is looked for
        verdict, said = "traceback", f"{type(error).__name__}: {error}"[:300]
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = round(used.ru_utime + used.ru_stime, 2)
    sending.send((verdict, said, seconds, round((used.ru_maxrss - before) / 1024, 1)))
    os._exit(0)


def warm_up() -> None:
    """Import what the readers need, so that children start fast and with the same memory."""
    import sketch2pose.inference.importers.read_motion
    import sketch2pose.inference.pictures.page
    import sketch2pose.inference.skel.importing  # noqa: F401
    from sketch2pose.inference.body import load_default_body

    load_default_body()


def main() -> None:
    """One line of JSON for each file named."""
    warm_up()
    for name in sys.argv[1:]:
        found = outcome_of(Path(name))
        print(json.dumps({"file": Path(name).name, **asdict(found)}), flush=True)


if __name__ == "__main__":
    main()
