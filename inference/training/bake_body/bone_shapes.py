"""Simple bones of our own making: tubes, ellipsoids and plates between the joints.

Conventions: metres, y up, facing +z, left at +x, T-pose, at the mean body.
"""

from dataclasses import dataclass, field

import numpy as np

from ...skel.model.layout import BONE_NAMES

SIDES = 10  # around a tube


@dataclass
class BoneMesh:
    """Growing mesh; every vertex knows its bone and how far it is on the way to an end joint."""

    vertices: list[np.ndarray] = field(default_factory=list)
    faces: list[np.ndarray] = field(default_factory=list)
    bones: list[np.ndarray] = field(default_factory=list)
    ends: list[np.ndarray] = field(default_factory=list)
    along: list[np.ndarray] = field(default_factory=list)

    def add(self, vertices, faces, bone: int, end: int | None = None, joints=None) -> None:
        end = bone if end is None else end
        along = np.zeros(len(vertices))
        if end != bone and joints is not None:
            way = joints[end] - joints[bone]
            along = np.clip((vertices - joints[bone]) @ way / (way @ way), 0, 1)
        self.faces.append(np.asarray(faces) + sum(len(part) for part in self.vertices))
        self.vertices.append(np.asarray(vertices))
        self.bones.append(np.full(len(vertices), bone))
        self.ends.append(np.full(len(vertices), end))
        self.along.append(along)

    def arrays(self):
        parts = (self.vertices, self.faces, self.bones, self.ends, self.along)
        return tuple(np.concatenate(part) for part in parts)


def tube(path, radii, closed: bool = False):
    """Vertices and triangles of a round tube along [P, 3] points with [P] radii."""
    path, radii = np.asarray(path, float), np.broadcast_to(np.asarray(radii, float), len(path))
    along = np.gradient(path, axis=0)
    if closed:
        along = np.roll(path, -1, 0) - np.roll(path, 1, 0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    aside = np.cross(along, [0.31, 0.17, 0.93])
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    across = np.cross(along, aside)
    angle = np.linspace(0, 2 * np.pi, SIDES, endpoint=False)
    ring = (
        np.cos(angle)[None, :, None] * aside[:, None]
        + np.sin(angle)[None, :, None] * across[:, None]
    )
    vertices = (path[:, None] + radii[:, None, None] * ring).reshape(-1, 3)
    return _with_caps(vertices, path, closed)


def _with_caps(vertices, path, closed):
    rows = len(path) if closed else len(path) - 1
    row, side = np.meshgrid(np.arange(rows), np.arange(SIDES), indexing="ij")
    upper = (row + 1) % len(path)
    a, b = row * SIDES + side, row * SIDES + (side + 1) % SIDES
    c, d = upper * SIDES + (side + 1) % SIDES, upper * SIDES + side
    faces = np.concatenate([np.stack([a, b, c], -1), np.stack([a, c, d], -1)]).reshape(-1, 3)
    if closed:
        return vertices, faces
    ring, last = np.arange(SIDES), (len(path) - 1) * SIDES
    start, end = len(vertices), len(vertices) + 1
    caps = [
        np.stack([np.full(SIDES, start), (ring + 1) % SIDES, ring], -1),
        np.stack([np.full(SIDES, end), last + ring, last + (ring + 1) % SIDES], -1),
    ]
    return np.concatenate([vertices, path[[0, -1]]]), np.concatenate([faces, *caps])


def ellipsoid(centre, radii, rows: int = 12):
    """Vertices and triangles of an axis-parallel ellipsoid."""
    height = np.cos(np.linspace(0.02, np.pi - 0.02, rows))
    path = np.array([[0, h, 0] for h in height])
    vertices, faces = tube(path, np.sqrt(1 - height**2))
    return np.asarray(centre) + vertices * radii, faces


def long_bone(start, end, radius: float, knob: float = 1.7):
    """A shaft with thicker ends, as femur, tibia, humerus and forearm bones have."""
    t = np.array([0.0, 0.02, 0.07, 0.18, 0.5, 0.82, 0.93, 0.98, 1.0])
    width = radius * np.array([0.6, knob, knob, 1.1, 1.0, 1.1, knob, knob, 0.6])
    return tube(np.asarray(start) + t[:, None] * (np.asarray(end) - start), width)


def build_bones(joints: np.ndarray, landmarks: dict[str, np.ndarray]):
    """Vertices [S, 3], triangles [G, 3], bone [S], end joint [S] and way to it [S] of all bones."""
    mesh = BoneMesh()
    for letter, side in (("r", "right"), ("l", "left")):
        _leg(mesh, joints, landmarks, letter, side)
        _arm(mesh, joints, landmarks, letter, side)
    _pelvis(mesh, joints)
    _spine(mesh, joints)
    _rib_cage(mesh, joints)
    _head(mesh, joints, landmarks)
    return mesh.arrays()


def _leg(mesh, joints, landmarks, letter, side):
    bone = {
        n: BONE_NAMES.index(f"{n}_{letter}") for n in ("femur", "tibia", "talus", "calcn", "toes")
    }
    at = {name: joints[index] for name, index in bone.items()}
    outward = np.array([1.0 if letter == "l" else -1.0, 0, 0])
    trochanter = at["femur"] + 0.045 * outward + [0, -0.03, 0]
    mesh.add(*ellipsoid(at["femur"], [0.023] * 3), bone["femur"])
    mesh.add(*tube([at["femur"], trochanter], [0.014, 0.02]), bone["femur"])
    mesh.add(*long_bone(trochanter, at["tibia"], 0.014, 2.0), bone["femur"], bone["tibia"], joints)
    mesh.add(
        *ellipsoid(at["tibia"] + [0, 0.01, 0.045], [0.02, 0.023, 0.01]),
        bone["femur"],
        bone["tibia"],
        joints,
    )
    mesh.add(
        *long_bone(at["tibia"] - [0, 0.02, 0], at["talus"], 0.012, 1.9),
        bone["tibia"],
        bone["talus"],
        joints,
    )
    fibula = 0.03 * outward
    mesh.add(
        *long_bone(at["tibia"] + fibula - [0, 0.04, 0], at["talus"] + fibula, 0.006),
        bone["tibia"],
        bone["talus"],
        joints,
    )
    mesh.add(*ellipsoid(at["talus"] - [0, 0.02, 0], [0.02, 0.018, 0.028]), bone["talus"])
    heel, big = landmarks[f"{side}_heel"] + [0, 0.012, 0.022], landmarks[f"{side}_big_toe"]
    small = landmarks[f"{side}_small_toe"]
    mesh.add(
        *tube([heel, at["calcn"], at["calcn"] + [0, 0, 0.06]], [0.018, 0.02, 0.016]), bone["calcn"]
    )
    for share in np.linspace(0, 1, 5):
        tip = big + share * (small - big) + [0, -0.002, -0.012]
        knuckle = at["toes"] + (share - 0.4) * (small - big) * [1, 0, 0.8]
        root = at["calcn"] + (share - 0.4) * 0.6 * (small - big) + [0, 0, 0.055]
        mesh.add(*long_bone(root, knuckle, 0.005), bone["calcn"], bone["toes"], joints)
        mesh.add(*long_bone(knuckle, tip, 0.0045), bone["toes"])


def _arm(mesh, joints, landmarks, letter, side):
    bone = {
        n: BONE_NAMES.index(f"{n}_{letter}")
        for n in ("scapula", "humerus", "ulna", "radius", "hand")
    }
    at = {name: joints[index] for name, index in bone.items()}
    outward = np.array([1.0 if letter == "l" else -1.0, 0, 0])
    inner = at["humerus"] - 0.03 * outward + [0, 0.005, -0.02]
    blade = [
        inner,
        at["scapula"] - 0.075 * outward + [0, -0.01, -0.06],
        at["scapula"] - 0.05 * outward + [0, -0.15, -0.06],
    ]
    mesh.add(*_plate(blade, 0.006), bone["scapula"])
    acromion = at["humerus"] + [0, 0.035, -0.005]
    mesh.add(*tube([blade[1], acromion], [0.006, 0.009]), bone["scapula"])
    sternal = np.array([0.018 * outward[0], at["humerus"][1] - 0.02, at["humerus"][2] + 0.035])
    middle = 0.5 * (sternal + acromion) + [0, 0.004, 0.02]
    mesh.add(*tube([sternal, middle, acromion], [0.009, 0.006, 0.008]), bone["scapula"])
    mesh.add(
        *long_bone(at["humerus"], at["ulna"], 0.011, 2.0), bone["humerus"], bone["ulna"], joints
    )
    wrist = at["hand"]
    mesh.add(
        *long_bone(at["ulna"] - [0, 0, 0.008], wrist - [0, 0, 0.014], 0.007),
        bone["ulna"],
        bone["hand"],
        joints,
    )
    mesh.add(
        *long_bone(at["radius"], wrist + [0, 0, 0.014], 0.0075),
        bone["radius"],
        bone["hand"],
        joints,
    )
    mesh.add(*ellipsoid(wrist + 0.02 * outward, [0.02, 0.009, 0.024]), bone["hand"])
    _fingers(mesh, landmarks, side, wrist, bone["hand"])


def _fingers(mesh, landmarks, side, wrist, bone):
    for index, finger in enumerate(("thumb", "index", "middle", "ring", "pinky")):
        tip = landmarks[f"{side}_{finger}_tip"]
        root = wrist + [0, 0, 0.02 - 0.01 * index]
        bend = np.array([0.0, 0.012 if index else 0.006, 0.0])
        cuts = [
            root + share * (tip - root) + np.sin(np.pi * share) * bend
            for share in (0.1, 0.5, 0.73, 0.87, 0.98)
        ]
        for start, end in zip(cuts, cuts[1:], strict=False):
            mesh.add(*long_bone(start, end, 0.004, 1.4), bone)


def _pelvis(mesh, joints):
    hips, lumbar = joints[[1, 6]], joints[11]
    mesh.add(
        *tube(
            [
                lumbar + [0, 0.01, -0.03],
                joints[0] + [0, 0.03, -0.075],
                joints[0] + [0, -0.03, -0.07],
            ],
            [0.03, 0.024, 0.008],
        ),
        0,
    )
    for hip in hips:
        out = np.sign(hip[0])
        crest = [
            [0.02 * out, 0.08, -0.1],
            [0.02 * out, 0.12, -0.06],
            [0.05 * out, 0.12, 0.0],
            [0.045 * out, 0.07, 0.05],
            [0.0, 0.0, 0.02],
            [-0.03 * out, -0.04, 0.045],
            [-0.075 * out, -0.03, 0.06],
            [-0.03 * out, -0.07, 0.01],
            [-0.02 * out, -0.09, -0.03],
            [0.0, -0.03, -0.04],
            [-0.02 * out, 0.03, -0.09],
        ]
        mesh.add(*tube(hip + np.array(crest), 0.011, closed=True), 0)
        mesh.add(*_plate([hip + crest[0], hip + crest[2], hip + crest[4]], 0.005), 0)
        mesh.add(*_plate([hip + crest[2], hip + crest[3], hip + crest[4]], 0.005), 0)


def _spine(mesh, joints):
    for bone, end, count in ((11, 12, 5), (12, 13, 12)):
        for share in (np.arange(count) + 0.5) / count:
            centre = joints[bone] + share * (joints[end] - joints[bone]) + [0, 0, -0.03]
            height = 0.36 * np.linalg.norm(joints[end] - joints[bone]) / count
            mesh.add(
                *tube([centre - [0, height, 0], centre + [0, height, 0]], 0.02), bone, end, joints
            )
            mesh.add(
                *tube([centre, centre + [0, -0.012, -0.045]], [0.007, 0.004]), bone, end, joints
            )


def _rib_cage(mesh, joints):
    bottom, top = joints[12] + [0, 0.02, 0], joints[13] + [0, -0.06, 0]
    sternum = []
    for level in np.linspace(0, 1, 9):
        centre = bottom + level * (top - bottom)
        half = 0.065 + 0.065 * np.sin(np.pi * (0.85 - 0.72 * level))
        depth = 0.045 + 0.05 * (1 - level) ** 0.7
        for side in (-1.0, 1.0):
            angle = np.linspace(-0.5 * np.pi, 0.43 * np.pi, 12)
            rib = centre + np.stack(
                [
                    side * half * np.cos(angle),
                    -0.045 * (np.sin(angle) + 1) * 0.5 + 0.02,
                    depth * np.sin(angle) + 0.02,
                ],
                -1,
            )
            mesh.add(*tube(rib, 0.0055), 12, 13, joints)
        sternum.append(centre + [0, -0.025, depth + 0.018])
    mesh.add(*tube(np.array(sternum)[3:], np.linspace(0.012, 0.02, 6)), 12, 13, joints)


def _head(mesh, joints, landmarks):
    for share in (np.arange(7) + 0.3) / 7:
        centre = joints[13] + share * (np.array([0, 0.105, 0.03])) + [0, 0, -0.025]
        mesh.add(*tube([centre, centre + [0, 0.009, 0]], 0.015), 13)
    crown, nose = landmarks["head_top"], landmarks["nose"]
    skull = np.array([0.0, crown[1] - 0.095, nose[2] - 0.105])
    mesh.add(*ellipsoid(skull, [0.07, 0.088, 0.092]), 13)
    jaw = [
        [0.052, 0.01, -0.06],
        [0.05, -0.045, -0.045],
        [0.02, -0.075, 0.0],
        [-0.02, -0.075, 0.0],
        [-0.05, -0.045, -0.045],
        [-0.052, 0.01, -0.06],
    ]
    face = np.array([0.0, nose[1], nose[2] - 0.03])
    mesh.add(*tube(face + np.array(jaw), 0.009), 13)
    mesh.add(*ellipsoid(face + [0, 0.0, -0.03], [0.045, 0.045, 0.045]), 13)


def _plate(corners, thickness: float):
    corners = np.asarray(corners, float)
    normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
    normal *= thickness / np.linalg.norm(normal)
    vertices = np.concatenate([corners + normal, corners - normal])
    faces = [[0, 1, 2], [5, 4, 3]] + [
        f
        for i in range(3)
        for f in ([i, i + 3, (i + 1) % 3], [(i + 1) % 3, i + 3, (i + 1) % 3 + 3])
    ]
    return vertices, np.array(faces)
