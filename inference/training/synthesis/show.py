"""Draws a contact sheet of training images with their keypoints, for looking at them.

python -m sketch2pose.inference.training.synthesis.show docs/images/synthesis.png --seed 1
"""

from __future__ import annotations

import argparse

import cv2
import numpy as np

from .poses import load_pose_bank
from .sample import contact_sheet, make_batch


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--split", choices=("train", "val"), default="train")
    args = parser.parse_args()
    batch = make_batch(load_pose_bank(args.split), np.random.default_rng(args.seed), args.count)
    cv2.imwrite(args.out, contact_sheet(batch))


if __name__ == "__main__":
    main()
