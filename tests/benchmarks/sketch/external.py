"""Line drawings of 3D characters that the sketch net never saw, with exact 3D joints.

Characters of other makers (cast.json) take poses of held-out subjects and are drawn by
`lineart` from all around. The set is a pure function of its seed and of the files found.

Conventions: truth is in camera space (x right, y down, z forward), metres, each character
brought to the limb lengths of an adult; pixels of a square image.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sketch2pose.core.rotations import rotmat_from_quat, rotmat_from_rotvec
from sketch2pose.inference.solver.tree import world_from_local

from .character import Character, of_adult_size, pose, t_pose_joints
from .gltf import load_gltf_character
from .lineart import PENS, Pen, draw, find_lines
from .metrics import bone_directions
from .mpfb_people import load_mpfb_person
from .raster import NOTHING, project, rasterise, smooth_normals

Array = NDArray[np.floating]

SIZE = 512  # px
_ZOOM = 2  # drawn at twice the size
_FILL = (0.70, 0.90)  # share of the page that the figure takes

_CAST = Path(__file__).with_name("cast.json")


@dataclass(frozen=True)
class ExternalDrawing:
    """A drawing with what is true of it.

    Attributes:
        name: file name without ending.
        character: who is drawn.
        pen: how.
        path: of the PNG.
        limbs: [12, 3] limb joints in camera space, metres.
        pixels: [12, 2] the same in the image, px.
        local: [24, 3, 3] local rotations of the pose that was drawn.
    """

    name: str
    character: str
    pen: str
    path: Path
    limbs: Array
    pixels: Array
    local: Array


def load_cast(rigs: Path, mpfb: Path | None = None, extra: Path | None = None) -> list[Character]:
    """All characters that can be had here, of adult size.

    Args:
        rigs: folder of the evaluation rigs.
        mpfb: folder of MPFB2's data, or None to do without its people.
        extra: folder of further .glb characters whose bones carry one of the known
            families' names, or None.
    """
    cast = json.loads(_CAST.read_text())
    families = cast["families"]
    people = [
        load_gltf_character(rigs / item["file"], item["name"], families[item["family"]])
        for item in cast["characters"]
        if (rigs / item["file"]).is_file()
    ]
    if mpfb is not None:
        people += [
            load_mpfb_person(mpfb, item["name"], item["targets"], item["parts"], families["mixamo"])
            for item in cast["mpfb_people"]
        ]
    for path in sorted(extra.glob("*.gl*")) if extra else ():
        people.append(_load_by_any_family(path, families))
    return [of_adult_size(person) for person in people]


def _load_by_any_family(path: Path, families: dict[str, dict[str, str]]) -> Character:
    reasons = []
    for family in families.values():
        try:
            return load_gltf_character(path, path.stem.replace("_", " "), family)
        except ValueError as error:
            reasons.append(str(error))
    raise ValueError(f"{path.name} is of no known bone family: {'; '.join(reasons)}")


def extra_folder() -> Path | None:
    """Folder of further characters, from the variable S2P_CHARACTERS."""
    folder = os.environ.get("S2P_CHARACTERS")
    return Path(folder) if folder else None


def varied_poses(pack: dict[str, NDArray], count: int, seed: int) -> NDArray:
    """Indices of poses that differ most from one another (farthest-point sampling).

    Half of the motion pack is people standing and talking; a test of them tells little.

    Args:
        pack: `joints` [N, 24, 3] of the motion pack.
        count: how many.
        seed: of the first pose.
    """
    joints = pack["joints"].astype(float)
    limbs = joints[:, [16, 17, 18, 19, 20, 21, 1, 2, 4, 5, 7, 8]]
    features = bone_directions(limbs).reshape(len(limbs), -1)
    chosen = [int(np.random.default_rng(seed).integers(len(features)))]
    distance = np.full(len(features), np.inf)
    while len(chosen) < count:
        distance = np.minimum(distance, np.linalg.norm(features - features[chosen[-1]], axis=1))
        chosen.append(int(np.argmax(distance)))
    return np.array(chosen)


def make_set(
    cast: list[Character], pack_path: Path, folder: Path, seed: int, each: int
) -> list[ExternalDrawing]:
    """Draw the set into a folder and return it.

    Args:
        cast: characters.
        pack_path: val_poses.npz of the motion pack.
        folder: where the PNG files go.
        seed: of poses, cameras and hands.
        each: drawings of each character.

    Returns:
        `each` drawings of every character, ordered by character.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pack = dict(np.load(pack_path))
    t_pose = t_pose_joints(pack["rest_offsets"])
    chosen = varied_poses(pack, each * len(cast), seed)
    chosen = np.random.default_rng(seed).permutation(chosen)
    local = rotmat_from_quat(_unit(pack["quats"][chosen].astype(float)))
    return [
        _draw_one(cast[index // each], local[index], t_pose, index, seed, folder)
        for index in range(len(chosen))
    ]


def _unit(quats: Array) -> Array:
    return quats / np.linalg.norm(quats, axis=-1, keepdims=True)


def _draw_one(
    character: Character, local: Array, t_pose: Array, index: int, seed: int, folder: Path
) -> ExternalDrawing:
    rng = np.random.default_rng([seed, index])
    pen = PENS[index % len(PENS)]
    vertices, limbs = pose(character, world_from_local(local[None])[0], t_pose)
    rotation, distance = _camera(rng)
    middle = (vertices.min(0) + vertices.max(0)) / 2.0
    points = (vertices - middle) @ rotation.T + [0.0, 0.0, distance]
    limbs = (limbs - middle) @ rotation.T + [0.0, 0.0, distance]
    focal, center = _framing(points, rng)
    name = f"{index:03d}_{character.name}_{pen.name}".replace(" ", "-").lower()
    path = folder / f"{name}.png"
    cv2.imwrite(str(path), _page(character, points, focal, center, pen, index + seed))
    pixels = project(limbs, focal, center)
    return ExternalDrawing(name, character.name, pen.name, path, limbs, pixels, local)


def _camera(rng: np.random.Generator) -> tuple[Array, float]:
    """Camera from world: any yaw, mostly a level view, now and then high or low."""
    yaw = rng.uniform(-np.pi, np.pi)
    pitch = np.clip(rng.normal(np.radians(8.0), np.radians(14.0)), -0.7, 0.9)
    roll = rng.normal(0.0, np.radians(3.0))
    turn = rotmat_from_rotvec([0.0, yaw, 0.0])
    tilt = rotmat_from_rotvec([pitch, 0.0, 0.0])
    lean = rotmat_from_rotvec([0.0, 0.0, roll])
    axes = np.diag([1.0, -1.0, -1.0])  # a level camera that looks along -z of the world
    return axes @ lean @ tilt @ turn, float(rng.uniform(3.0, 9.0))


def _framing(points: Array, rng: np.random.Generator) -> tuple[float, Array]:
    flat = points[:, :2] / points[:, 2:3]
    low, high = flat.min(0), flat.max(0)
    focal = SIZE * rng.uniform(*_FILL) / float((high - low).max())
    spare = np.maximum(SIZE * 0.96 - (high - low) * focal, 0.0) / 2.0
    center = SIZE / 2.0 - (low + high) / 2.0 * focal + rng.uniform(-0.7, 0.7, 2) * spare
    return focal, center


def _page(
    character: Character, points: Array, focal: float, center: Array, pen: Pen, seed: int
) -> NDArray:
    seen = rasterise(points, character.faces, focal * _ZOOM, center * _ZOOM, SIZE * _ZOOM)
    normals = smooth_normals(points, character.faces)
    lines = find_lines(seen, normals, character.groups, pen.interior)
    return draw(lines, seen.face != NOTHING, pen, SIZE, seed)
