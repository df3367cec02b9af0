"""Errors that reach the user as one sentence: what happened, why, how to fix it."""


class Sketch2PoseError(Exception):
    """A failure the user can understand and act on.

    Attributes:
        what: what happened, without a final stop ("The drawing could not be opened").
        why: the cause, without a final stop ("the file is empty").
        fix: what the user can do, without a final stop ("Save it again and retry").
        code: short stable identifier for tests and logs ("page.empty").
    """

    def __init__(self, what: str, why: str, fix: str, code: str = "") -> None:
        super().__init__(what, why, fix, code)
        self.what = what
        self.why = why
        self.fix = fix
        self.code = code

    def __str__(self) -> str:
        return f"{self.what}: {self.why}. {self.fix}."


class CancelledByUser(Exception):
    """Raised inside a stage when the user has cancelled its job."""
