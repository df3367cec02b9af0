"""Batches for the sketch network, drawn by worker processes while it trains."""

from __future__ import annotations

import multiprocessing
import queue
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from ..synthesis.layout import CONTACTS, MIRROR_CONTACTS, MIRROR_DIRECTIONS, MIRROR_KEYPOINTS
from ..synthesis.sample import Batch, make_batch, to_network

SHELF = 24  # batches kept to be shown again
PATIENCE = 10.0  # seconds without a batch, after which the workers are looked after


@dataclass(frozen=True)
class Tensors:
    """A batch as the network takes it; points in units of the image side.

    ``exchanged`` [N, 2]: arms, legs have left and right exchanged (see ``sketch_sides``).
    """

    ink: torch.Tensor
    points: torch.Tensor
    visible: torch.Tensor
    directions: torch.Tensor
    direction_seen: torch.Tensor
    contacts: torch.Tensor
    person: torch.Tensor
    exchanged: torch.Tensor


def to_tensors(batch: Batch, device: str = "cpu") -> Tensors:
    """Numpy batch -> float tensors on the device."""

    def tensor(array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, np.float32)).to(device)

    person = batch.person
    return Tensors(
        tensor(to_network(batch.ink)).contiguous(memory_format=torch.channels_last),
        tensor(batch.points / batch.ink.shape[-1]),
        tensor(batch.visible & person[:, None]),
        tensor(batch.directions),
        tensor(batch.direction_seen & person[:, None]),
        tensor(batch.contacts),
        tensor(person),
        torch.zeros(len(person), 2, device=device),
    )


def mirrored(batch: Batch) -> Batch:
    """The batch as in a mirror: free variety for labels with sides."""
    size = batch.ink.shape[-1]
    points = batch.points[:, MIRROR_KEYPOINTS] * [-1, 1] + [size - 1, 0]
    flip = np.array([-1, 1, 1], np.float32)
    return Batch(
        batch.ink[:, :, ::-1],
        points.astype(np.float32),
        batch.visible[:, MIRROR_KEYPOINTS],
        batch.directions[:, MIRROR_DIRECTIONS] * flip,
        batch.direction_seen[:, MIRROR_DIRECTIONS],
        batch.contacts[:, MIRROR_CONTACTS],
        batch.person,
        batch.style,
        batch.joints[:, MIRROR_KEYPOINTS] * flip,
        batch.up * flip,
    )


class Drawing:
    """Worker processes that draw batches ahead of the training loop.

    Every drawing is shown ``reuse`` times on average, now and then mirrored: drawing costs more
    than reading it again. Between two times others are shown.
    """

    def __init__(
        self, workers: int, count: int, seed: int, size: int, reuse: int = 2, ahead: int = 6
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self.reuse, self.dice = reuse, np.random.default_rng(seed)
        self.size = context.Value("i", size)
        self.queue = context.Queue(maxsize=ahead)
        self.processes = [
            context.Process(
                target=_draw_forever, args=(self.queue, self.size, count, seed + k), daemon=True
            )
            for k in range(workers)
        ]
        for process in self.processes:
            process.start()

    def batches(self) -> Iterator[Batch]:
        """Batches without end: a fresh one in every ``reuse``, the others from the shelf."""
        shelf: list[Batch] = []
        while True:
            if len(shelf) < SHELF or self.dice.random() < 1 / self.reuse:
                shelf = [*shelf[1 - SHELF :], self._drawn()]
                yield shelf[-1]
            else:
                again = shelf[self.dice.integers(len(shelf))]
                yield mirrored(again) if self.dice.random() < 0.5 else again

    def _drawn(self) -> Batch:
        """The next fresh batch.

        Raises:
            RuntimeError: a worker has ended, its error is in the log.
        """
        while True:
            try:
                return self.queue.get(timeout=PATIENCE)
            except queue.Empty:
                if not all(process.is_alive() for process in self.processes):
                    raise RuntimeError("a drawing process has ended, see above") from None

    def close(self) -> None:
        """Ends the workers."""
        for process in self.processes:
            process.terminate()


def _draw_forever(queue, size, count: int, seed: int) -> None:
    import cv2

    from ..synthesis.poses import load_pose_bank

    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    bank, rng = load_pose_bank("train"), np.random.default_rng(seed)
    while True:
        queue.put(make_batch(bank, rng, count, size.value))


assert len(MIRROR_CONTACTS) == len(CONTACTS)
