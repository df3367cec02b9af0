"""BodyMotion, the one value between the parts: the type, its check and its file.

Conventions: meters, radians, y up, axis-angle; see `motion_value` for every field and
docs/body_motion.md for the file.
"""

from .check import check
from .file import read_body_motion, write_body_motion
from .value import (
    FORMAT_VERSION,
    GENDERS,
    BodyModelNote,
    BodyMotion,
    SourceNote,
)

__all__ = [
    "FORMAT_VERSION",
    "GENDERS",
    "BodyModelNote",
    "BodyMotion",
    "SourceNote",
    "check",
    "read_body_motion",
    "write_body_motion",
]
