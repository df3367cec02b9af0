"""The one sentence for a motion file that cannot be imported."""

from ...core.errors import Sketch2PoseError

_WORDS = 200  # letters of a parser's own sentence
_MISSING = "a part of it is missing"
KNOWN_KINDS = "npz, JSON, BVH or TRC"


def refused(name: str, why: str, fix: str = "", code: str = "import.bad") -> Sketch2PoseError:
    """The error for a motion file.

    Args:
        name: file name.
        why: the cause, without a final stop.
        fix: what to do; by default a list of the known kinds.
        code: stable identifier.

    Returns:
        The error, to be raised.
    """
    fix = fix or f"Choose a motion in a known format ({KNOWN_KINDS}); see docs/body_motion.md"
    return Sketch2PoseError(f'The motion "{name}" could not be imported', why, fix, code)


def damaged(name: str, error: Exception) -> Sketch2PoseError:
    """The error for a motion file that a parser stumbled over.

    Args:
        name: file name.
        error: what the parser said; its first words are repeated.
    """
    missing = isinstance(error, LookupError) or not str(error)
    return refused(name, f"it is damaged ({_MISSING if missing else str(error)[:_WORDS]})")
