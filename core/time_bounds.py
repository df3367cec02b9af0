"""How fast and how long a motion may be: what an animation can hold, not what a file claims.

A file of a few kilobytes can claim a frame each second day or a gap of a million frames; made into
keys it would take the memory of the whole machine, and Blender with it.
"""

from .arrays import AnyArray

SLOWEST, FASTEST = 0.1, 1000.0  # frames a second
LONGEST = 4 * 3600.0  # seconds from the first frame to the last
MOST_FRAMES = 120_000  # rows of an import, or frames of an animation: an hour and more
LAST_NUMBER = 10_000_000  # of a frame in its source; Blender ends at 1,048,574


def framerate_problem(framerate: float) -> str:
    """What is wrong with a frame rate, as a clause; empty when nothing is."""
    if SLOWEST <= framerate <= FASTEST:  # false for NaN
        return ""
    return f"is {framerate:g}, expected {SLOWEST:g} to {FASTEST:g} frames a second"


def frame_numbers_problem(frames: AnyArray) -> str:
    """What is wrong with the source frames [T] of rows, as a clause; empty when nothing is."""
    numbers = [int(frame) for frame in frames]
    if any(later <= earlier for earlier, later in zip(numbers, numbers[1:], strict=False)):
        return "does not increase from row to row"
    if numbers and not (numbers[0] >= 0 and numbers[-1] <= LAST_NUMBER):
        return f"runs from {numbers[0]} to {numbers[-1]}, expected 0 to {LAST_NUMBER:,}"
    return ""


def length_problem(seconds: float) -> str:
    """What is wrong with the length of a motion, as a clause; empty when nothing is."""
    if seconds <= LONGEST:
        return ""
    return f"lasts {seconds / 3600:.3g} hours, more than {LONGEST / 3600:g}"


def frame_count_problem(count: float) -> str:
    """What is wrong with a number of frames, as a clause; empty when nothing is."""
    if count <= MOST_FRAMES:
        return ""
    return f"has {count:,.0f} frames, more than {MOST_FRAMES:,}"
