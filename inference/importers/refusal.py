"""The one sentence for a motion file that cannot be imported."""

from ...core.errors import Sketch2PoseError

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
    fix = fix or f"Choose a motion of a known kind ({KNOWN_KINDS}); see docs/body_motion.md"
    return Sketch2PoseError(f'The motion "{name}" could not be imported', why, fix, code)
