"""Fixtures of the add-on's user side: a rig, a drawing, a backend that does what the test asks."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import bpy
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from filmed_fixtures import numbered_shots, walking

ROOT = Path(__file__).resolve().parents[3]
FAKE_BACKEND = ROOT / "tests" / "fakes" / "fake_backend.py"
LEFT_SHOULDER = 16


@pytest.fixture
def rig() -> bpy.types.Object:
    """The default body's armature, active and selected."""
    bpy.ops.sketch2pose.create_body(with_skin=False)
    return bpy.context.object


@pytest.fixture
def figure() -> list[np.ndarray]:
    """Strokes [N, 3] of a stick figure in the x-z plane: trunk, arms, legs, head."""

    def line(*corners: tuple[float, float]) -> np.ndarray:
        flat = np.concatenate(
            [np.linspace(a, b, 12) for a, b in zip(corners, corners[1:], strict=False)]
        )
        return np.c_[flat[:, 0], np.zeros(len(flat)), flat[:, 1]]

    turn = np.linspace(0, 2 * np.pi, 30)
    head = np.c_[0.12 * np.cos(turn), 0 * turn, 1.6 + 0.12 * np.sin(turn)]
    return [
        line((0, 1.45), (0, 0.95)),
        line((0, 1.42), (0.3, 1.25), (0.5, 1.5)),
        line((0, 1.42), (-0.25, 1.2), (-0.35, 0.95)),
        line((0, 0.95), (0.15, 0.5), (0.2, 0.05)),
        line((0, 0.95), (-0.15, 0.5), (-0.2, 0.05)),
        head,
    ]


@pytest.fixture
def drawing(addon: Callable[[str], ModuleType], figure: list[np.ndarray]) -> bpy.types.Object:
    """The figure as a grease pencil object of the scene."""
    grease_pencil = addon("sketch2pose_addon.host.grease_pencil")
    made = grease_pencil.new_drawing("Figure")
    bpy.context.scene.collection.objects.link(made)
    grease_pencil.add_strokes(made, figure, bpy.context.scene.frame_current)
    bpy.context.view_layer.update()
    return made


@pytest.fixture(scope="session")
def still_of(addon: Callable[[str], ModuleType]) -> Callable[[np.ndarray], Any]:
    """Makes a still of the default body, seen by nobody, from its pose [72]."""
    sys.path.insert(0, str(ROOT))
    body = importlib.import_module("sketch2pose.inference.body").load_default_body()
    body_motion = addon("core.body_motion")

    def make(pose: np.ndarray) -> Any:
        poses = np.asarray(pose, np.float32).reshape(1, 72)
        trans = np.array([[0.0, 1.0, 0.0]], np.float32)
        betas = np.zeros(10, np.float32)
        return body_motion.BodyMotion(
            poses=poses,
            trans=trans,
            betas=betas,
            joints3d=np.asarray(body.forward(poses, trans, betas), np.float32),
            confidence=np.ones((1, 24), np.float32),
            body_model=body_motion.BodyModelNote("default", "CC0-1.0"),
            source=body_motion.SourceNote("figure", "strokes"),
        )

    return make


@pytest.fixture(scope="session")
def arm_raised(still_of: Callable[[np.ndarray], Any]) -> Callable[[float], Any]:
    """Makes a still with the left arm raised by an angle, radians."""

    def make(angle: float) -> Any:
        pose = np.zeros(72)
        pose[LEFT_SHOULDER * 3 + 2] = angle
        return still_of(pose)

    return make


@pytest.fixture(scope="session")
def motion(arm_raised: Callable[[float], Any]) -> Any:
    """A still of the default body with its left arm raised, seen by nobody."""
    return arm_raised(1.0)


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Numbered pictures: footage that every Blender opens."""
    return numbered_shots(tmp_path / "shots é")


@pytest.fixture
def filmed(motion: Any) -> Any:
    """Frames 1 to 4 of a clip at 30 frames a second: the still walks past a tilted camera."""
    return walking(motion)


@dataclass
class Backend:
    """The fake backend of a test.

    Attributes:
        do: what happens to the next requests, see tests/fakes/fake_backend.py.
        requests: those that were sent.
    """

    monkeypatch: pytest.MonkeyPatch
    addon: Callable[[str], ModuleType]
    file: Path
    do: str = "succeed"
    real_command: Any = None

    def answer_with(self, motion: Any, *others: Any) -> None:
        """Lets it find these people."""
        write = self.addon("core.body_motion").write_body_motion
        write(self.file, motion)
        for number, other in enumerate(others, start=1):
            write(self.file.with_name(f"{self.file.stem}_p{number}.npz"), other)

    def answer_with_person(self, number: int, motion: Any) -> None:
        """Add another person to the answer."""
        file = self.file.with_name(f"{self.file.stem}_p{number}.npz")
        self.addon("core.body_motion").write_body_motion(file, motion)

    def install(self) -> None:
        backend = self.addon("sketch2pose_addon.backend.backend_process")
        self.real_command = backend.command
        command = [sys.executable, str(FAKE_BACKEND), "--file", str(self.file)]
        self.monkeypatch.setattr(backend, "command", lambda *_: command)
        jobs = self.addon("sketch2pose_addon.backend.jobs")
        make = jobs._new_folder
        self.monkeypatch.setattr(jobs, "_new_folder", lambda: self.told(make()))

    def told(self, folder: Path) -> Path:
        """A job's folder, by a name that tells the fake backend what to do."""
        return folder.rename(folder.with_name(f"do-{self.do}-{folder.name}"))

    def make_real(self) -> None:
        """Lets the real backend do the next requests."""
        self.addon("sketch2pose_addon.backend.jobs").stop()
        backend = self.addon("sketch2pose_addon.backend.backend_process")
        self.monkeypatch.setattr(backend, "command", self.real_command)


@pytest.fixture
def backend(
    addon: Callable[[str], ModuleType],
    motion: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Backend]:
    """A backend that answers with `motion`, in a process of its own."""
    fake = Backend(monkeypatch, addon, tmp_path / "motion.npz")
    fake.answer_with(motion)
    fake.install()
    jobs = addon("sketch2pose_addon.backend.jobs")
    jobs.stop()
    yield fake
    jobs.stop()


@pytest.fixture
def snapshot() -> Callable[[], dict]:
    """All that a failed job must leave as it was."""

    def take() -> dict:
        bpy.context.view_layer.update()
        objects = {
            item.name: (
                [tuple(row) for row in item.matrix_world],
                [tuple(v for row in bone.matrix_basis for v in row) for bone in item.pose.bones]
                if item.pose
                else None,
                item.animation_data.action.name
                if item.animation_data and item.animation_data.action
                else None,
                item.mode,
            )
            for item in bpy.data.objects
        }
        return {
            "objects": objects,
            "actions": sorted(action.name for action in bpy.data.actions),
            "frame": bpy.context.scene.frame_current,
            "active": bpy.context.view_layer.objects.active,
        }

    return take
