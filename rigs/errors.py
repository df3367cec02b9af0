"""What can be wrong with a rig, said in one sentence: what happened, why, how to fix it."""

from __future__ import annotations

from ..core.errors import Sketch2PoseError


class RigError(Sketch2PoseError):
    """A rig or motion cannot be used; see `Sketch2PoseError`.

    Args:
        what: what happened, without a final stop.
        why: the reason, without a final stop.
        fix: what the user can do about it, without a final stop.
        code: short stable identifier.
    """

    def __init__(self, what: str, why: str, fix: str, code: str = "rig") -> None:
        super().__init__(what, why, fix, code)
