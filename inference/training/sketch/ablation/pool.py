"""Pictures drawn once and shared by all runs, so that they differ in nothing but their arm."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import cv2
import numpy as np

from ...synthesis.poses import load_pose_bank
from ...synthesis.sample import Batch, make_batch

DRAWN_SIZE = 128  # px; smaller arms see the same pictures scaled down
PIECE = 500  # pictures drawn at a time
SEED = 2024


def training_pool(folder: Path, count: int, true_proportions: bool) -> Batch:
    """Pictures of the training poses; kept in a file, drawn where it is not there yet.

    Args:
        folder: where pools are kept.
        count: pictures.
        true_proportions: draw every bone as long as it is.
    """
    kind = "true" if true_proportions else "drawn"
    path = folder / f"pool_{kind}_{count}.npz"
    if path.is_file():
        with np.load(path) as packed:
            return Batch(**{name: packed[name] for name in packed.files})
    bank, rng = load_pose_bank("train"), np.random.default_rng(SEED)
    pieces = [
        make_batch(bank, rng, PIECE, DRAWN_SIZE, true_proportions=true_proportions)
        for _ in range(-(-count // PIECE))
    ]
    pool = Batch(
        *(np.concatenate([getattr(piece, f.name) for piece in pieces]) for f in fields(Batch))
    )
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(path, **vars(pool))  # type: ignore[arg-type]  # numpy 2.5 names a keyword of its own
    return pool


def test_batch(count: int, size: int, withheld: bool) -> Batch:
    """Pictures of people nobody was taught, of one size, the same for every arm."""
    rng = np.random.default_rng(SEED + 1 + withheld)
    drawn = make_batch(load_pose_bank("val"), rng, count, DRAWN_SIZE, withheld)
    return resized(rows(drawn, np.flatnonzero(drawn.person)), size)


def rows(batch: Batch, which: np.ndarray) -> Batch:
    """Some rows of a batch."""
    return Batch(*(getattr(batch, f.name)[which] for f in fields(Batch)))


def resized(batch: Batch, size: int) -> Batch:
    """The batch at another image side, px."""
    old = batch.ink.shape[-1]
    if size == old:
        return batch
    values = {f.name: getattr(batch, f.name) for f in fields(Batch)}
    values["ink"] = np.stack(
        [cv2.resize(ink, (size, size), interpolation=cv2.INTER_AREA) for ink in batch.ink]
    )
    values["points"] = batch.points * (size / old)
    return Batch(**values)
