"""What can be wrong with a rig, said in one sentence: what happened, why, how to fix it."""

from __future__ import annotations


class RigError(ValueError):
    """A rig or motion cannot be used. ``str()`` is the sentence for the user.

    Attributes:
        what: what happened.
        why: the reason.
        fix: what the user can do about it.
    """

    def __init__(self, what: str, why: str, fix: str) -> None:
        super().__init__(f"{what}: {why}. {fix}")
        self.what, self.why, self.fix = what, why, fix
