"""What reading a motion file gives."""

from dataclasses import dataclass

from ...core.body_motion import BodyMotion


@dataclass(frozen=True)
class Imported:
    """Motions of a file, one for each person, and sentences about what was guessed or lost."""

    motions: tuple[BodyMotion, ...]
    warnings: tuple[str, ...] = ()
    ours: bool = False  # our own format: what it says about its source stands
