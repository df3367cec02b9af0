"""Looks at a clip: one thread decodes while another runs the networks.

Memory stays flat: at most `AHEAD` frames wait between the two. onnxruntime and OpenCV let other
threads run while they compute.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...report import Report
from ..clips.clip import Clip
from .hand_landmarks import HandReader, hand_track
from .landmarks import Track
from .observation import Observation, PersonSeen, as_stored
from .tracking import MOST_PEOPLE, TrackedPerson, Tracker

AHEAD = 3  # frames decoded before they are looked at
COMPLETE = 0.95  # share of the promised frames from which a file counts as whole
GAPS = 0.02  # share of frames that may be missing before a frame rate is called uneven

Numbered = tuple[int, NDArray[np.uint8]]
Watch = Callable[[list[TrackedPerson], Clip], None]


def observe(
    clip: Clip,
    tracker: Tracker,
    hands: HandReader | None,
    report: Report,
    watch: Watch | None = None,
) -> Observation:
    """Everybody in a clip.

    Args:
        clip: open.
        tracker: new.
        hands: reads hands; None leaves them out.
        report: progress, cancel, and whether the user has enough.
        watch: is shown the people after every frame.

    Returns:
        What was seen; with `whole` False when the user had enough before the end.
    """
    count, whole = 0, True
    for count, (frame, rgb) in enumerate(decoded_ahead(clip), start=1):
        report.check()
        people = tracker.add(rgb, frame, count - 1)
        if hands is not None:
            read_hands(tracker.people, count - 1, rgb, hands)
        if watch is not None:
            watch(tracker.people, clip)
        share = min(count / clip.expected, 1.0) if clip.expected else 0.5
        of = f" of {clip.expected}" if clip.expected else ""
        report.progress(share, f"Frame {count}{of}: {people} in view")
        if report.enough():
            whole = False
            break
    return Observation(
        tuple(seen_so_far(person, clip.scale) for person in tracker.people),
        clip.framerate / clip.trim.step,
        clip.image_size,
        count,
        tuple(_warnings(clip, count, whole, tracker.crowded)),
        whole,
    )


def read_hands(
    people: list[TrackedPerson], count: int, rgb: NDArray[np.uint8], reader: HandReader
) -> None:
    """Read the hands of everybody who was seen in picture `count`, pixels [H, W, 3]."""
    for person in people:
        if person.last_seen == count:
            before = person.hands[-1] if person.hands else None
            person.hands.append(reader.read(rgb, person.seen[-1], before))


def decoded_ahead(clip: Clip) -> Iterator[Numbered]:
    """The frames of a clip, decoded by another thread a few frames ahead."""
    ready: queue.Queue[Numbered | BaseException | None] = queue.Queue(AHEAD)
    stop = threading.Event()
    decoder = threading.Thread(target=_decode, args=(clip, ready, stop), daemon=True)
    decoder.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:  # the consumer may leave early: the decoder must not wait for it forever
        stop.set()
        while decoder.is_alive():
            _emptied(ready)
            decoder.join(0.01)


def _decode(
    clip: Clip, ready: "queue.Queue[Numbered | BaseException | None]", stop: threading.Event
) -> None:
    try:
        for item in clip.frames():
            if stop.is_set():
                return
            ready.put(item)
        ready.put(None)
    except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
        ready.put(error)


def _emptied(ready: "queue.Queue[Numbered | BaseException | None]") -> None:
    try:
        while True:
            ready.get_nowait()
    except queue.Empty:
        return


def seen_so_far(person: TrackedPerson, scale: float) -> PersonSeen:
    """Somebody as an observation.

    Args:
        person: as followed.
        scale: px of the frames looked at per px of the file.
    """
    track = person.track()
    track = Track(
        track.frames,
        as_stored(track.points / scale),
        as_stored(track.world),
        as_stored(track.visibility),
    )
    if len(person.hands) != len(track.frames):
        return PersonSeen(track)
    hands = hand_track(person.hands, scale)
    stored = {name: as_stored(getattr(hands, name)) for name in ("points", "world", "presence")}
    return PersonSeen(track, replace(hands, **stored))


def _warnings(clip: Clip, count: int, whole: bool, crowded: bool) -> Iterator[str]:
    if crowded:
        yield f"More than {MOST_PEOPLE} people are in view at once: {MOST_PEOPLE} are followed."
    if not whole:
        yield f'"{clip.name}" was processed up to frame {clip.read_to - 1}: stopped on request.'
        return
    if clip.share_read < COMPLETE:
        yield f'"{clip.name}" ends early: {count} of {clip.expected} frames could be read.'
    elif clip.gaps > GAPS * clip.read_to:
        yield f'The frame rate of "{clip.name}" varies: {clip.gaps} frames are filled in.'
