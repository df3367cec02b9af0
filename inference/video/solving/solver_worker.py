"""A process that solves settled pieces of tracks, and how the one that watches talks to it.

    python -m inference.video.solving.solver_worker

Watching and solving in two threads of one Python wait for each other at every step, so the solving
has a process of its own, at a lower priority. Messages are `.npz` archives behind their length in
8 bytes, little endian; nothing is pickled. The first names the lifter, each further one brings a
track so far and is answered by each piece as soon as it is solved and an empty message. The end of
stdin ends it.
"""

import contextlib
import io
import os
import sys
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..observing.landmarks import TRACK_FIELDS

if TYPE_CHECKING:  # the process that watches needs none of these for talking
    from ....core.camera import AnyCamera
    from ..observing.landmarks import Track
    from .person import Solved

Message = dict[str, NDArray]

NICE = 2  # lower priority than the watching


def write_message(stream: IO[bytes], message: Message) -> None:
    """Write arrays by name.

    Raises:
        OSError: the other side is gone.
    """
    buffer = io.BytesIO()
    np.savez(buffer, **message)  # type: ignore[arg-type]
    data = buffer.getvalue()
    stream.write(len(data).to_bytes(8, "little") + data)
    stream.flush()


def read_message(stream: IO[bytes]) -> Message | None:
    """Read arrays by name; None at the end of the stream, also in the middle of a message."""
    head = stream.read(8)
    size = int.from_bytes(head, "little")
    data = stream.read(size) if len(head) == 8 else b""
    if len(head) < 8 or len(data) < size:
        return None
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def serve(source: IO[bytes], target: IO[bytes]) -> None:
    """Answer until the end of `source`."""
    from ...body.model import load_default_body
    from ...devices import Device, create_session
    from .lifter import TemporalLifter
    from .person import PersonSolver, Solved
    from .solve_windows import Done

    hello = read_message(source)
    if hello is None:
        return
    session = create_session(str(hello["lifter"]), Device(threads=int(hello["threads"])))
    solver = PersonSolver(load_default_body(), TemporalLifter(session))  # type: ignore[arg-type]
    done = Done[Solved](lambda key, solved: write_message(target, piece_message(key, solved)))
    while (message := read_message(source)) is not None:
        track, lens = _track_and_lens(message)
        step, rate = int(message["step"]), float(message["framerate"])
        solver.solve_ahead(track, step, rate, lens, lambda: None, done)
        write_message(target, {})


def _track_and_lens(message: Message) -> "tuple[Track, AnyCamera]":
    from ..observing.landmarks import Track
    from .known_camera import camera_of_numbers

    track = Track(*(message[name] for name in TRACK_FIELDS))
    return track, camera_of_numbers(message)


SOLVED = ("orientations", "pelvis", "standing", "up")


def track_message(track: "Track", step: int, framerate: float, lens: "AnyCamera") -> Message:
    """The message for a `Track` so far and its camera."""
    from .known_camera import numbers_of

    message = {name: getattr(track, name) for name in TRACK_FIELDS} | numbers_of(lens)
    return message | {"step": np.array(step), "framerate": np.array(framerate)}


def piece_message(key: bytes, solved: "Solved") -> Message:
    """The message for a piece."""
    arrays = {name: getattr(solved, name) for name in SOLVED}
    found = {name: array for name, array in arrays.items() if array is not None}
    return found | {"key": np.frombuffer(key, np.uint8)}


def main() -> None:
    """Serve on stdin and a private copy of stdout, which others may print to."""
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with contextlib.suppress(AttributeError, OSError):  # Windows has no such priority
        os.nice(NICE)
    with contextlib.suppress(OSError, KeyboardInterrupt):  # whoever asked is gone
        serve(sys.stdin.buffer, target)


if __name__ == "__main__":
    main()
