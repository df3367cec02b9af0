"""Reading a skinned character from glTF 2.0 (.glb, or .gltf with its .bin beside it).

Only what a posed line drawing needs is read: triangles, skin and rest skeleton in world
space (Khronos glTF 2.0, 3.7.3 "Skins"). Props in a hand are left out; rigid parts such as
helmets and capes move with their bone.
"""

import json
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .character import Character, smpl_of_bones

Array = NDArray[np.floating]

_DTYPES = {5121: np.uint8, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_PROP_PARENT = "handslot"


def load_gltf_character(path: Path, name: str, bone_names: dict[str, str]) -> Character:
    """A character from a glTF file whose nodes rest facing +z.

    Args:
        path: .glb or .gltf.
        name: name to give it.
        bone_names: SMPL joint name → bone name.

    Raises:
        ValueError: not a skinned glTF, or the table does not fit its bones.
    """
    document, buffer = _read(path)
    if not document.get("skins"):
        raise ValueError(f"{path.name} holds no skin: choose a skinned character")
    file = _File(document, buffer)
    bones = file.bones_in_order()
    names = [document["nodes"][bone].get("name", "") for bone in bones]
    world = file.world_matrices()
    parts = file.parts(bones, world)
    start = np.cumsum([0, *(len(part.vertices) for part in parts)])
    return Character(
        name=name,
        vertices=np.concatenate([part.vertices for part in parts]),
        faces=np.concatenate([p.faces + first for p, first in zip(parts, start, strict=False)]),
        groups=np.concatenate([np.full(len(p.faces), i) for i, p in enumerate(parts)]),
        joints=np.concatenate([part.joints for part in parts]),
        weights=np.concatenate([part.weights for part in parts]),
        heads=world[bones][:, :3, 3],
        parents=np.array([file.bone_parent(bone, bones) for bone in bones]),
        smpl_of_bone=smpl_of_bones(names, bone_names),
    )


def _read(path: Path) -> tuple[dict, bytes]:
    data = path.read_bytes()
    if data[:4] != b"glTF":
        document = json.loads(data)
        return document, (path.parent / document["buffers"][0]["uri"]).read_bytes()
    length = struct.unpack_from("<I", data, 12)[0]
    return json.loads(data[20 : 20 + length]), data[28 + length :]


@dataclass(frozen=True)
class _Part:
    vertices: Array
    faces: NDArray[np.integer]
    joints: NDArray[np.integer]
    weights: Array


class _File:
    def __init__(self, document: dict, buffer: bytes) -> None:
        self.document, self.buffer = document, buffer
        self.nodes = document["nodes"]
        self.parent = {c: i for i, node in enumerate(self.nodes) for c in node.get("children", ())}

    def accessor(self, index: int) -> NDArray:
        """Values of an accessor, [count, width]."""
        item = self.document["accessors"][index]
        view = self.document["bufferViews"][item["bufferView"]]
        dtype = np.dtype(_DTYPES[item["componentType"]])
        width = _WIDTHS[item["type"]]
        stride = view.get("byteStride", dtype.itemsize * width)
        offset = view.get("byteOffset", 0) + item.get("byteOffset", 0)
        values = np.ndarray(
            (item["count"], width), dtype, self.buffer, offset, (stride, dtype.itemsize)
        )
        if item.get("normalized") and dtype.kind == "u":
            return values / np.iinfo(dtype).max
        return values

    def world_matrices(self) -> Array:
        """[N, 4, 4] world matrix of every node at rest."""
        world = np.tile(np.eye(4), (len(self.nodes), 1, 1))
        for index in self._roots_first():
            parent = self.parent.get(index)
            local = _local_matrix(self.nodes[index])
            world[index] = local if parent is None else world[parent] @ local
        return world

    def bones_in_order(self) -> list[int]:
        """Nodes of all skins, parents before children."""
        wanted = {joint for skin in self.document["skins"] for joint in skin["joints"]}
        return [node for node in self._roots_first() if node in wanted]

    def bone_parent(self, bone: int, bones: list[int]) -> int:
        """Position in `bones` of the nearest ancestor that is a bone, -1 when none is."""
        node = self.parent.get(bone)
        while node is not None and node not in bones:
            node = self.parent.get(node)
        return -1 if node is None else bones.index(node)

    def parts(self, bones: list[int], world: Array) -> list[_Part]:
        """Every triangle mesh that belongs to the figure, in world space at rest."""
        found = []
        for index, node in enumerate(self.nodes):
            if "mesh" not in node or self._is_prop(index):
                continue
            for primitive in self.document["meshes"][node["mesh"]]["primitives"]:
                if primitive.get("mode", 4) == 4:
                    found.append(self._part(index, primitive, bones, world))
        return found

    def _part(self, node: int, primitive: dict, bones: list[int], world: Array) -> _Part:
        attributes = primitive["attributes"]
        points = self.accessor(attributes["POSITION"]).astype(float)
        faces = self.accessor(primitive["indices"]).astype(np.int64).reshape(-1, 3)
        skin = self.nodes[node].get("skin")
        if skin is None:
            points = points @ world[node][:3, :3].T + world[node][:3, 3]
            joints = np.full((len(points), 4), self.bone_parent(node, bones))
            return _Part(points, faces, joints, np.tile([1.0, 0.0, 0.0, 0.0], (len(points), 1)))
        weights = self.accessor(attributes["WEIGHTS_0"]).astype(float)
        weights = weights / weights.sum(1, keepdims=True)
        slots = self.accessor(attributes["JOINTS_0"]).astype(int)
        blend = np.einsum("vs,vsij->vij", weights, self._world_from_bind(skin, world)[slots])
        rest = np.einsum("vij,vj->vi", blend[:, :3, :3], points) + blend[:, :3, 3]
        bone_of_slot = [bones.index(joint) for joint in self.document["skins"][skin]["joints"]]
        return _Part(rest, faces, np.array(bone_of_slot)[slots], weights)

    def _world_from_bind(self, skin: int, world: Array) -> Array:
        item = self.document["skins"][skin]
        # glTF stores matrices by columns
        inverse_bind = self.accessor(item["inverseBindMatrices"]).reshape(-1, 4, 4)
        return world[item["joints"]] @ inverse_bind.swapaxes(1, 2)

    def _is_prop(self, node: int) -> bool:
        parent = self.parent.get(node)
        if "skin" in self.nodes[node] or parent is None:
            return False
        skinned = {joint for skin in self.document["skins"] for joint in skin["joints"]}
        return parent not in skinned or _PROP_PARENT in self.nodes[parent].get("name", "")

    def _roots_first(self) -> list[int]:
        order = [index for index in range(len(self.nodes)) if index not in self.parent]
        for index in order:  # grows while it is walked
            order.extend(self.nodes[index].get("children", ()))
        return order


def _local_matrix(node: dict) -> Array:
    if "matrix" in node:
        return np.reshape(node["matrix"], (4, 4)).T.astype(float)
    x, y, z, w = node.get("rotation", (0.0, 0.0, 0.0, 1.0))  # glTF quaternions are xyzw
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrix = np.eye(4)
    matrix[:3, :3] = turn * node.get("scale", (1.0, 1.0, 1.0))
    matrix[:3, 3] = node.get("translation", (0.0, 0.0, 0.0))
    return matrix
