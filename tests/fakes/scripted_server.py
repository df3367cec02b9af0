"""The real backend process with an estimator that follows the drawing's file name.

Everything of `python -m inference serve` runs as it is, only the networks are replaced:
`noisy.png` prints on every level, `slow.png` works until it is cancelled, `stubborn.png` does
not even look, `two.png` finds two people, `nobody.png` none, `bug.png` raises something
unforeseen; all others find one person.
"""

import ctypes
import os
import sys
import time

import numpy as np

from sketch2pose.core.body_motion import BodyMotion
from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.inference.__main__ import main
from sketch2pose.inference.estimators import Estimators


def person():
    return BodyMotion(
        np.zeros((1, 72), np.float32), np.zeros((1, 3), np.float32), np.zeros(10, np.float32)
    )


class ScriptedEstimator:
    def estimate(self, page, report):
        act = getattr(self, page.name.split(".")[0], None)
        return [person()] if act is None else act(report)

    def noisy(self, report):
        report.warn("This one is noisy.")
        print("print", flush=True)
        os.write(1, b"descriptor\n")
        libc = ctypes.CDLL(None)
        libc.puts(b"C library")
        libc.fflush(None)
        sys.__stdout__.write("original stream\n")
        sys.__stdout__.flush()
        return [person()]

    def slow(self, report):
        step = 0
        while True:
            step += 1
            report.progress(1 - 1 / step, f"Step {step}")
            time.sleep(0.01)

    def patient(self, report):
        while not report.enough():
            report.progress(0.5, "As long as you like")
            time.sleep(0.01)
        report.warn("Stopped on request.")
        return [person()]

    def stubborn(self, report):
        report.progress(0.5, "Not listening")
        time.sleep(3600)

    def two(self, report):
        return [person(), person()]

    def nobody(self, report):
        raise Sketch2PoseError(
            "No figure was found", "nothing looks like one", "Draw one", "nobody"
        )

    def bug(self, report):
        return [1 / 0]


if __name__ == "__main__":
    Estimators.sketch = ScriptedEstimator()
    sys.exit(main())
