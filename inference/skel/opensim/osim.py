"""An OpenSim model (`.osim`) of the skeleton in the shape of a motion.

Conventions: OpenSim's ground (x forward, y up, z right), meters, radians. Every body's frame is
parallel to ground in the rest pose, so the angles of `.mot` mean the same there as in SKEL. A
joint with three angles turns by R3 R2 R1; OpenSim applies body-fixed rotations in the order
written, hence R3 is written first. Spine and scapulae also slide: their displacements are written
as polynomials of the joint's two angles, fitted within the limits (error below 0.3 mm).

Masses are those of an adult of the stature at a body mass index of 22, shared out by the fractions
of de Leva (1996); a body's inertia is that of a rod to its child's joint.
"""

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np

from ....core.arrays import Array
from ..model.kinematics import SkelRest
from ..model.layout import BONE_NAMES, DOFS, PARENTS, SCAPULAE, SPINE_BONES, dofs_of
from ..model.sliding import slide_offsets
from .osim_frame import ground_from_body
from .tables import TRANSLATIONS

BODY_MASS_INDEX = 22.0
MASS_SHARES = {  # of the body, de Leva 1996 (mean of women and men); both sides the same
    "pelvis": 0.118, "femur": 0.145, "tibia": 0.045, "talus": 0.002, "calcn": 0.009,
    "toes": 0.003, "lumbar_body": 0.155, "thorax": 0.130, "head": 0.069, "scapula": 0.012,
    "humerus": 0.026, "ulna": 0.009, "radius": 0.006, "hand": 0.006,
}  # fmt: skip
END_LENGTH = 0.1  # m, rod of a body without a child
UNLIMITED = 4 * np.pi
POLYNOMIAL_ORDER = 5


def write_osim(path: Path, rest: SkelRest, stature: float, name: str) -> None:
    """Writes a model that OpenSim 4 opens, with a marker on each joint center.

    Args:
        path: the `.osim`.
        rest: the resting skeleton of the shape.
        stature: meters.
        name: of the
            model.
    """
    document = ET.Element("OpenSimDocument", Version="40000")
    model = ET.SubElement(document, "Model", name=name)
    _text(model, "length_units", "meters")
    _text(model, "force_units", "N")
    _add_bodies(model, rest, BODY_MASS_INDEX * stature**2)
    joints = ET.SubElement(ET.SubElement(model, "JointSet"), "objects")
    for bone in range(len(BONE_NAMES)):
        _add_joint(joints, rest, bone)
    markers = ET.SubElement(ET.SubElement(model, "MarkerSet"), "objects")
    for bone in BONE_NAMES:
        marker = ET.SubElement(markers, "Marker", name=bone)
        _text(marker, "socket_parent_frame", f"/bodyset/{bone}")
        _text(marker, "location", "0 0 0")
    ET.indent(document)
    ET.ElementTree(document).write(path, encoding="UTF-8", xml_declaration=True)


def _add_bodies(model: ET.Element, rest: SkelRest, mass: float) -> None:
    bodies = ET.SubElement(ET.SubElement(model, "BodySet"), "objects")
    total = sum(MASS_SHARES[_stem(name)] for name in BONE_NAMES)
    for bone, name in enumerate(BONE_NAMES):
        rod = _rod(rest, bone)
        own = mass * MASS_SHARES[_stem(name)] / total
        body = ET.SubElement(bodies, "Body", name=name)
        _text(body, "mass", f"{own:.6g}")
        _text(body, "mass_center", _numbers(rod / 2))
        _text(body, "inertia", _numbers(_rod_inertia(rod, own)))


def _rod(rest: SkelRest, bone: int) -> Array:
    children = [child for child, parent in enumerate(PARENTS) if parent == bone]
    if not children:
        return END_LENGTH * np.array([0.0, 1.0 if BONE_NAMES[bone] == "head" else -1.0, 0.0])
    return ground_from_body(rest.offsets[children].mean(0))


def _rod_inertia(rod: Array, mass: float) -> Array:
    """xx, yy, zz, xy, xz, yz about the middle of a round rod a sixth as thick as long."""
    length2 = float(rod @ rod)
    matrix = mass * ((1 / 12 + 1 / 576) * length2 * np.eye(3) - np.outer(rod, rod) / 12)
    return np.array([*np.diag(matrix), matrix[0, 1], matrix[0, 2], matrix[1, 2]])


def _add_joint(joints: ET.Element, rest: SkelRest, bone: int) -> None:
    name, parent = BONE_NAMES[bone], PARENTS[bone]
    joint = ET.SubElement(joints, "CustomJoint", name=f"{name}_joint")
    _text(joint, "socket_parent_frame", "parent_offset")
    _text(joint, "socket_child_frame", "child_offset")
    coordinates = ET.SubElement(joint, "coordinates")
    for dof in dofs_of(bone):
        _add_coordinate(coordinates, DOFS[dof].coordinate, DOFS[dof].limits, "rotational")
    if parent < 0:
        start = ground_from_body(rest.joints[0])
        for axis, translation in enumerate(TRANSLATIONS):
            _add_coordinate(coordinates, translation, (-50, 50), "translational", start[axis])
    frames = ET.SubElement(joint, "frames")
    parent_path = "/ground" if parent < 0 else f"/bodyset/{BONE_NAMES[parent]}"
    offset = np.zeros(3) if parent < 0 else ground_from_body(rest.offsets[bone])
    _add_frame(frames, "parent_offset", parent_path, offset)
    _add_frame(frames, "child_offset", f"/bodyset/{name}", np.zeros(3))
    _add_transform(joint, rest, bone)


def _add_coordinate(
    parent: ET.Element, name: str, limits: tuple[float, float], kind: str, value: float = 0.0
) -> None:
    low, high = np.clip(limits, -UNLIMITED, UNLIMITED) if kind == "rotational" else limits
    coordinate = ET.SubElement(parent, "Coordinate", name=name)
    _text(coordinate, "default_value", f"{value:.9g}")
    _text(coordinate, "range", f"{low:.9g} {high:.9g}")
    _text(coordinate, "clamped", str(bool(np.isfinite(limits).all())).lower())


def _add_frame(parent: ET.Element, name: str, body: str, place: Array) -> None:
    frame = ET.SubElement(parent, "PhysicalOffsetFrame", name=name)
    _text(frame, "socket_parent", body)
    _text(frame, "translation", _numbers(place))
    _text(frame, "orientation", "0 0 0")


def _add_transform(joint: ET.Element, rest: SkelRest, bone: int) -> None:
    transform = ET.SubElement(joint, "SpatialTransform")
    dofs = list(dofs_of(bone))[::-1]  # the last angle turns outermost, and comes first here
    axes = [ground_from_body(rest.axes[dof]) for dof in dofs]
    for axis in _completed(axes)[len(axes) :]:
        axes.append(axis)
    for index, axis in enumerate(axes):
        row = ET.SubElement(transform, "TransformAxis", name=f"rotation{index + 1}")
        names = DOFS[dofs[index]].coordinate if index < len(dofs) else ""
        _text(row, "coordinates", names)
        _text(row, "axis", _numbers(axis))
        _linear(row) if names else _constant(row)
    _add_translations(transform, rest, bone)


def _completed(axes: list[Array]) -> list[Array]:
    """Three independent axes, the given ones first: OpenSim refuses parallel ones."""
    result = list(axes)
    for candidate in np.eye(3)[np.argsort(np.abs(axes[0]))]:
        if len(result) == 3:
            break
        flat = candidate - sum((candidate @ a) * a for a in result)
        if np.linalg.norm(flat) > 0.3:
            result.append(flat / np.linalg.norm(flat))
    return result


def _add_translations(transform: ET.Element, rest: SkelRest, bone: int) -> None:
    slides = bone in SPINE_BONES or bone in SCAPULAE
    pair = list(dofs_of(bone))[:2]
    polynomials = slide_polynomials(rest, bone) if slides else None
    for axis in range(3):
        row = ET.SubElement(transform, "TransformAxis", name=f"translation{axis + 1}")
        names = TRANSLATIONS[axis] if PARENTS[bone] < 0 else ""
        if polynomials is not None:
            names = " ".join(DOFS[dof].coordinate for dof in pair)
        _text(row, "coordinates", names)
        _text(row, "axis", _numbers(np.eye(3)[axis]))
        if polynomials is not None:
            _polynomial(row, polynomials[axis])
        else:
            _linear(row) if names else _constant(row)


def slide_polynomials(rest: SkelRest, bone: int) -> Array:
    """[3, C] coefficients of a joint's displacement, lexicographic in the powers of two angles."""
    pair = list(dofs_of(bone))[:2]
    grids = np.meshgrid(*(np.linspace(*DOFS[dof].limits, 13) for dof in pair), indexing="ij")
    first, second = (grid.ravel() for grid in grids)
    q = np.zeros((len(first), len(DOFS)))
    q[:, pair[0]], q[:, pair[1]] = first, second
    offsets = ground_from_body(slide_offsets(rest.slides, q)[0][:, bone])
    powers = [(i, j) for i in range(POLYNOMIAL_ORDER + 1) for j in range(POLYNOMIAL_ORDER + 1 - i)]
    basis = np.stack([first**i * second**j for i, j in powers], 1)
    return np.linalg.lstsq(basis, offsets, rcond=None)[0].T


def _linear(row: ET.Element) -> None:
    _text(ET.SubElement(row, "LinearFunction", name="function"), "coefficients", "1 0")


def _constant(row: ET.Element) -> None:
    _text(ET.SubElement(row, "Constant", name="function"), "value", "0")


def _polynomial(row: ET.Element, coefficients: Array) -> None:
    function = ET.SubElement(row, "MultivariatePolynomialFunction", name="function")
    _text(function, "coefficients", _numbers(coefficients))
    _text(function, "dimension", "2")
    _text(function, "order", str(POLYNOMIAL_ORDER))


def _stem(name: str) -> str:
    return name[:-2] if name.endswith(("_r", "_l")) else name


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text


def _numbers(values: Array) -> str:
    return " ".join(f"{value:.9g}" for value in values)
