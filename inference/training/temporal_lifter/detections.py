r"""Runs the shipped detector on painted clips and keeps what it saw beside the truth.

    python -m sketch2pose.inference.training.temporal_lifter.detections
        --clips 400 --out build/detections.npz

Conventions: those of `cameras`; `points` are px, `world` metres in the axes of the network.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import numpy as np

from ...devices import Device, create_session
from ...estimators import find_model
from ...video.observing.tracking import Tracker
from .cameras import Cameras, sample_cameras
from .motions import FRAMERATE, MotionBank, load_motions
from .painting import paint_clip
from .people import sample_betas, sample_person
from .truth import posed

NETWORKS = ("pose_detector.onnx", "pose_landmarks.onnx")
FRAMES = 48  # of a clip
FOUND = 0.6  # share of a clip's frames in which the person must have been followed
NAMES = ("quats", "roots", "betas", "rotation", "translation", "focal", "size", "points", "world",
         "visibility", "seen")  # fmt: skip


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=400)
    parser.add_argument("--split", choices=("train", "val"), default="train")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("build/detections.npz"))
    parser.add_argument("--pictures", type=Path, help="folder for every sixteenth frame")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    bank = load_motions(args.split, with_key_poses=args.split == "train")
    rng, kept, start = np.random.default_rng(args.seed), [], time.time()
    sessions = [create_session(find_model(name), Device(threads=1)) for name in NETWORKS]
    for number in range(args.clips):
        clip = film(rng, bank, sessions, args.pictures)
        if clip is not None:
            kept.append(clip)
        if number % 20 == 19:
            print(f"{len(kept)} of {number + 1} clips, {time.time() - start:.0f} s", flush=True)
            save(args.out, kept)
    save(args.out, kept)


def save(path: Path, clips: list[dict[str, np.ndarray]]) -> None:
    """Writes clips as arrays [N, T, …]; readers never see half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stacked = {name: np.stack([clip[name] for clip in clips]) for name in NAMES}
    half = path.with_suffix(".part.npz")
    np.savez_compressed(half, **stacked)
    half.replace(path)


def film(
    rng: np.random.Generator, bank: MotionBank, sessions: list, pictures: Path | None
) -> dict[str, np.ndarray] | None:
    """One clip: what was filmed and what the detector saw; None when it lost the person."""
    motions = bank.sample(rng, 1, FRAMES)
    betas = sample_betas(rng, 1)
    rotations, joints, rest = posed(motions.quats, motions.roots, betas)
    cameras = sample_cameras(rng, joints[:, :, 0])
    person = sample_person(rng, betas[0])
    detector, landmarker = sessions
    tracker = Tracker(detector, landmarker, FRAMERATE)
    frames = paint_clip(rng, person, rotations[0], joints[0], rest[0], cameras, 0)
    for number, picture in enumerate(frames):
        tracker.add(picture, number, number)
        if pictures is not None and number % 16 == 0:
            _keep_picture(pictures, picture, tracker)
    return _together(tracker, motions.quats[0], joints[0, :, 0], betas[0], cameras)


def _together(
    tracker: Tracker, quats: np.ndarray, roots: np.ndarray, betas: np.ndarray, cameras: Cameras
) -> dict[str, np.ndarray] | None:
    people = sorted(tracker.people, key=lambda person: -len(person.frames))
    if not people or len(people[0].frames) < FOUND * FRAMES:
        return None
    track = people[0].track()
    seen = np.zeros(FRAMES, bool)
    seen[track.frames] = True
    clip: dict[str, np.ndarray] = {}
    for name in ("points", "world", "visibility"):
        values = getattr(track, name)
        clip[name] = np.zeros((FRAMES, *values.shape[1:]), np.float32)
        clip[name][track.frames] = values
    clip |= {"quats": quats, "roots": roots.astype(np.float32), "betas": betas, "seen": seen}
    clip |= {"rotation": cameras.rotation[0], "translation": cameras.translation[0]}
    return clip | {"focal": cameras.focal[0], "size": cameras.size[0]}


def _keep_picture(folder: Path, picture: np.ndarray, tracker: Tracker) -> None:
    shown = picture[..., ::-1].copy()
    for person in tracker.people:
        for x, y in person.seen[-1].points:
            cv2.circle(shown, (int(x), int(y)), 2, (0, 0, 255), -1)
    folder.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / f"{len(list(folder.iterdir())):04d}.png"), shown)


if __name__ == "__main__":
    main()
