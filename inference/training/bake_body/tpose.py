"""From anny's A-pose to the T-pose of SMPL.

Every bone gets a world rotation that takes its A-pose to the T-pose; the skin follows by
*inverse* linear blend skinning, so that skinning the T-pose back gives anny's own surface.

Conventions: metres, y up, facing +z, left at +x; matrices act on columns;
`rot_t_from_a[n, b]` turns bone b of person n from the A-pose to the T-pose.
"""

import numpy as np

from ....core.rotations import rotmat_from_rotvec, rotvec_from_rotmat
from .sampling import Population

CLAVICLE_LIFT = np.deg2rad(10)  # of the ~28° that raising the arm from A to T takes from the
SHOULDER_LIFT = np.deg2rad(18)  # shoulder girdle; the rest is the upper arm's
THIGH_OUTWARD = 0.045  # sideways lean of the thigh (tangent), feet a little apart
SHIN_INWARD, SHIN_BACK = 0.01, 0.03


def to_t_pose(people: Population) -> tuple[np.ndarray, np.ndarray]:
    """T-posed vertices [N, V, 3] and bone heads [N, B, 3], metres."""
    rot = t_pose_rotations(people)
    heads = np.empty_like(people.heads)
    shift = np.empty_like(people.heads)
    for bone, parent in enumerate(people.parents):
        here = people.heads[:, bone]
        heads[:, bone] = here if parent < 0 else _turn(rot[:, parent], here) + shift[:, parent]
        shift[:, bone] = heads[:, bone] - _turn(rot[:, bone], here)
    vertices = np.empty_like(people.vertices)
    for person in range(len(vertices)):
        vertices[person] = unskin(
            people.vertices[person], people.weights, rot[person], shift[person]
        )
    return vertices, heads


def unskin(vertices, weights, rot_t_from_a, shift_t_from_a):
    """The T-pose surface whose skinning with the inverse transforms gives `vertices`."""
    back = rot_t_from_a.transpose(0, 2, 1)
    back_shift = -np.einsum("bij,bj->bi", back, shift_t_from_a)
    blend = np.einsum("vb,bij->vij", weights, back, optimize=True)
    return np.linalg.solve(blend, (vertices - weights @ back_shift)[..., None])[..., 0]


def t_pose_rotations(people: Population) -> np.ndarray:
    rot = np.tile(np.eye(3), (*people.heads.shape[:2], 1, 1))
    for letter, side in (("L", 1.0), ("R", -1.0)):
        _raise_arm(people, rot, letter, side)
        _straighten_leg(people, rot, letter, side)
    return rot


def _raise_arm(people: Population, rot: np.ndarray, letter: str, side: float) -> None:
    """Arm along ±x, elbow flexing the forearm forward, palm down, thumb forward."""

    def head(bone):
        return people.head(f"{bone}.{letter}")

    def turn(bone, rotations):
        rot[:, people.branch(f"{bone}.{letter}")] = np.asarray(rotations).reshape(-1, 1, 3, 3)

    along, forward = np.array([side, 0, 0]), np.array([0, 0, 1.0])
    lift = np.array([0, 0, side])
    turn("clavicle", rotmat_from_rotvec(CLAVICLE_LIFT * lift))
    turn("shoulder01", rotmat_from_rotvec(SHOULDER_LIFT * lift))
    upper = head("lowerarm01") - head("upperarm01")
    fore = head("wrist") - head("lowerarm01")
    hinge = np.cross(upper, fore)  # anny's elbows are bent by 40° at rest: the axis is well defined
    target = frames(along, [0, -side, 0])
    rot_upper = target @ frames(upper, hinge).transpose(0, 2, 1)
    rot_fore = target @ frames(fore, hinge).transpose(0, 2, 1)
    middle = head("finger3-1") - head("wrist")
    across = head("finger2-1") - head("finger5-1")  # little finger to index
    rot_hand = frames(along, forward) @ frames(middle, across).transpose(0, 2, 1)
    twist = rotvec_from_rotmat(rot_hand @ rot_fore.transpose(0, 2, 1)) * [1.0, 0, 0]
    turn("upperarm01", rot_upper)
    turn("lowerarm01", rot_fore)
    turn("lowerarm02", rotmat_from_rotvec(0.5 * twist) @ rot_fore)  # half the twist in mid-forearm
    turn("wrist", rot_hand)


def _straighten_leg(people: Population, rot: np.ndarray, letter: str, side: float) -> None:
    def head(bone):
        return people.head(f"{bone}.{letter}")

    def turn(bone, rotations):
        rot[:, people.branch(f"{bone}.{letter}")] = np.asarray(rotations).reshape(-1, 1, 3, 3)

    thigh = head("lowerleg01") - head("upperleg01")
    shin = head("foot") - head("lowerleg01")
    turn("upperleg01", shortest_turns(thigh, [THIGH_OUTWARD * side, -1, 0]))
    turn("lowerleg01", shortest_turns(shin, [-SHIN_INWARD * side, -1, -SHIN_BACK]))
    turn("foot", np.eye(3))  # soles stay flat


def frames(first, second):
    """[N, 3, 3] orthonormal columns: `first`, `second` made orthogonal to it, their cross."""
    first, second = np.broadcast_arrays(_unit(np.atleast_2d(first)), np.atleast_2d(second))
    second = _unit(second - (first * second).sum(-1, keepdims=True) * first)
    return np.stack([first, second, np.cross(first, second)], -1)


def shortest_turns(start, end):
    """[N, 3, 3] smallest rotations that take direction `start` [N, 3] to `end` [3]."""
    start, end = np.broadcast_arrays(_unit(start), _unit(np.asarray(end, float)))
    axis = np.cross(start, end)
    sine = np.linalg.norm(axis, axis=-1, keepdims=True)
    angle = np.arctan2(sine, (start * end).sum(-1, keepdims=True))
    return rotmat_from_rotvec(axis / np.maximum(sine, 1e-12) * angle)


def _turn(rotations, points):
    return np.einsum("nij,nj->ni", rotations, points)


def _unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
