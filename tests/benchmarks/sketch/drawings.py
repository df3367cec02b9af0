"""The real drawings of the evaluation material: hand-marked joints, and pages without people.

Conventions: pixels of the source image, origin top left.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

_AMATEUR_LIMBS = (
    ("left_shoulder", "left_elbow", "left_hand"),
    ("right_shoulder", "right_elbow", "right_hand"),
    ("left_hip", "left_knee", "left_foot"),
    ("right_hip", "right_knee", "right_foot"),
)


@dataclass(frozen=True)
class RealDrawing:
    """A drawing by a person with joints marked by hand.

    Attributes:
        name: shown in reports.
        path: of the image.
        arms: [L, 3, 2] shoulder, elbow, wrist of the arms that were drawn, px.
        legs: [L, 3, 2] hip, knee, ankle.
        size: what PCK's threshold is a share of, px.
        sided: whether row 0 is the figure's left; else the order means nothing.
    """

    name: str
    path: Path
    arms: Array
    legs: Array
    size: float
    sided: bool


def load_annotated(folder: Path) -> list[RealDrawing]:
    """Drawings of sketches/annotated; PCK is relative to the larger side of the image."""
    return [
        RealDrawing(
            name=Path(item["file"]).stem,
            path=folder / item["file"],
            arms=_limbs(item["arms_shoulder_elbow_wrist"]),
            legs=_limbs(item["legs_hip_knee_ankle"]),
            size=float(max(item["size"])),
            sided=False,
        )
        for item in json.loads((folder / "annotations.json").read_text())
    ]


def _limbs(listed: list) -> Array:
    return np.reshape(np.array(listed, float), (-1, 3, 2))


def load_amateur(folder: Path) -> list[RealDrawing]:
    """Drawings of sketches/animated_drawings; PCK is relative to the figure's larger side."""
    return [_load_amateur_one(path.parent) for path in sorted(folder.glob("*/char_cfg.yaml"))]


def _load_amateur_one(folder: Path) -> RealDrawing:
    text = (folder / "char_cfg.yaml").read_text()
    found = re.findall(r"- loc:\s+- (\d+)\s+- (\d+)\s+name: (\w+)", text)
    at = {name: (float(x), float(y)) for x, y, name in found}
    left_arm, right_arm, left_leg, right_leg = (
        [at[joint] for joint in limb] for limb in _AMATEUR_LIMBS
    )
    mask = cv2.imread(str(folder / "mask.png"), cv2.IMREAD_GRAYSCALE)
    _, _, width, height = cv2.boundingRect((mask > 127).astype(np.uint8))
    return RealDrawing(
        name=f"animated_drawings_{folder.name}",
        path=folder / "texture.png",
        arms=_limbs([left_arm, right_arm]),
        legs=_limbs([left_leg, right_leg]),
        size=float(max(width, height)),
        sided=True,
    )


def load_nobody(folder: Path) -> list[Path]:
    """Pages of sketches/no_person: animals, things and scenes."""
    return sorted(folder.glob("*.png"))
