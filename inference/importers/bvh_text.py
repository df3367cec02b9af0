"""BVH documents: hierarchy, channels, frames (Biovision; Meredith & Maddock 2001).

Conventions: offsets and positions in the file's own unit; channel angles in degrees in the
file, rotation matrices act on column vectors and multiply in the order of the channels.
"""

from dataclasses import dataclass, field

import numpy as np

from ...core.arrays import FloatArray
from ...core.rotations import rotmat_from_rotvec
from ...core.time_bounds import frame_count_problem, framerate_problem

_AXES = {"X": 0, "Y": 1, "Z": 2}
_DIGITS = 9  # decimals; float32 poses survive


@dataclass(frozen=True)
class BvhJoint:
    """Joint: `parent` index (-1 = root), `offset` [3] from it, `channels` as in the file.

    `end` [3] is the offset of its end site, None when it has children.
    """

    name: str
    parent: int
    offset: FloatArray
    channels: tuple[str, ...]
    end: FloatArray | None = None


@dataclass(frozen=True)
class Bvh:
    """A document: joints (parents first), seconds a frame, `values` [T, C] of all channels."""

    joints: tuple[BvhJoint, ...]
    frame_time: float
    values: FloatArray

    @property
    def parents(self) -> tuple[int, ...]:
        """Parent index of each joint."""
        return tuple(joint.parent for joint in self.joints)

    @property
    def offsets(self) -> FloatArray:
        """[J, 3] rest offset of each joint from its parent."""
        return np.array([joint.offset for joint in self.joints])

    @property
    def framerate(self) -> float:
        """Frames a second; 0.033333 s a frame were meant as 30."""
        rate = 1.0 / self.frame_time
        whole = round(rate)
        return float(whole) if abs(rate - whole) < 1e-4 * rate else rate

    def local_rotations(self) -> FloatArray:
        """[T, J, 3, 3] rotation of each joint in its parent's frame."""
        local = np.tile(np.eye(3), (len(self.values), len(self.joints), 1, 1))
        for number, column in self._columns("rotation"):
            for offset, channel in column:
                axis = _AXES[channel[0].upper()]
                rotvec = np.zeros((len(self.values), 3))
                rotvec[:, axis] = np.radians(self.values[:, offset])
                local[:, number] = local[:, number] @ rotmat_from_rotvec(rotvec)
        return local

    def root_positions(self) -> FloatArray:
        """[T, 3] position of the root: its channels where it has them, its offset otherwise."""
        positions = np.tile(self.joints[0].offset, (len(self.values), 1))
        for number, column in self._columns("position"):
            if number == 0:
                for offset, channel in column:
                    positions[:, _AXES[channel[0].upper()]] = self.values[:, offset]
        return positions

    def _columns(self, kind: str) -> list[tuple[int, list[tuple[int, str]]]]:
        """Joint number → (column, channel) of one kind, in the file's order."""
        columns, start = [], 0
        for number, joint in enumerate(self.joints):
            wanted = [
                (start + index, channel)
                for index, channel in enumerate(joint.channels)
                if channel.lower().endswith(kind)
            ]
            columns.append((number, wanted))
            start += len(joint.channels)
        return columns


@dataclass
class _TokenReader:
    """State while the hierarchy is read line by line."""

    joints: list[BvhJoint] = field(default_factory=list)
    open_joints: list[int] = field(default_factory=list)
    in_end_site: bool = False
    pending: str = ""

    def read(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        keyword = word.upper()
        if keyword in ("ROOT", "JOINT"):
            self.pending = rest.strip()
        elif keyword == "END":
            self.in_end_site = True
        elif keyword == "{" and not self.in_end_site:
            parent = self.open_joints[-1] if self.open_joints else -1
            self.open_joints.append(len(self.joints))
            self.joints.append(BvhJoint(self.pending, parent, np.zeros(3), ()))
        elif keyword == "}":
            if self.in_end_site:
                self.in_end_site = False
            else:
                self.open_joints.pop()
        elif keyword == "OFFSET":
            self._offset(np.array([float(number) for number in rest.split()]))
        elif keyword == "CHANNELS":
            self._change(channels=tuple(rest.split()[1:]))

    def _offset(self, offset: FloatArray) -> None:
        if offset.shape != (3,):
            raise ValueError("an offset is not three numbers")
        self._change(**{"end" if self.in_end_site else "offset": offset})

    def _change(self, **values: object) -> None:
        number = self.open_joints[-1]
        self.joints[number] = BvhJoint(**{**vars(self.joints[number]), **values})  # type: ignore[arg-type]


def parse_bvh(text: str) -> Bvh:
    """Parse a BVH document.

    Args:
        text: the document.

    Returns:
        Its joints and frames.

    Raises:
        ValueError: with the reason, when it is damaged or no BVH.
    """
    hierarchy, found, motion = text.partition("MOTION")
    if not found or "HIERARCHY" not in hierarchy.upper():
        raise ValueError("it has no HIERARCHY and MOTION sections")
    reader = _TokenReader()
    spaced = hierarchy.replace("{", "\n{\n").replace("}", "\n}\n")
    try:
        for line in spaced.splitlines():
            if line.strip():
                reader.read(" ".join(line.split()))
    except IndexError as error:
        raise ValueError("its brackets do not match") from error
    if not reader.joints:
        raise ValueError("it has no joints")
    return _with_frames(tuple(reader.joints), motion)


def _with_frames(joints: tuple[BvhJoint, ...], motion: str) -> Bvh:
    lines = [line.strip() for line in motion.splitlines() if line.strip()]
    if len(lines) < 2 or not lines[0].lower().startswith("frames"):
        raise ValueError("its MOTION section does not begin with Frames and Frame Time")
    frame_count = int(float(lines[0].split(":", 1)[1]))
    frame_time = float(lines[1].split(":", 1)[1])
    _check_time(frame_count, frame_time)
    channels = sum(len(joint.channels) for joint in joints)
    values = np.array(" ".join(lines[2:]).split(), dtype=np.float64)
    if values.size != frame_count * channels or frame_count < 1:
        raise ValueError(
            f"it has {values.size} numbers for {frame_count} frames of {channels} channels"
        )
    if not np.all(np.isfinite(values)):
        raise ValueError("it has numbers that are not finite")
    return Bvh(joints, frame_time, values.reshape(frame_count, channels))


def _check_time(frame_count: int, frame_time: float) -> None:
    """ValueError unless rate and length are those of a motion."""
    if problem := framerate_problem(1.0 / frame_time if frame_time > 0 else 0.0):
        raise ValueError(f"its frame time is {frame_time:g} s, so its frame rate {problem}")
    if problem := frame_count_problem(frame_count):
        raise ValueError(f"it {problem}")


def format_bvh(document: Bvh) -> str:
    """The text of a BVH document.

    Args:
        document: joints and frames.

    Returns:
        The text; `parse_bvh` gives the document back.
    """
    children: dict[int, list[int]] = {}
    for number, joint in enumerate(document.joints):
        children.setdefault(joint.parent, []).append(number)
    lines = ["HIERARCHY", *_joint_lines(document, children, 0, "")]
    lines += ["MOTION", f"Frames: {len(document.values)}"]
    lines += [f"Frame Time: {document.frame_time!r}"]
    lines += [" ".join(_number(value) for value in row) for row in document.values]
    return "\n".join(lines) + "\n"


def _joint_lines(
    document: Bvh, children: dict[int, list[int]], number: int, indent: str
) -> list[str]:
    joint = document.joints[number]
    inner = indent + "  "
    lines = [f"{indent}{'ROOT' if joint.parent < 0 else 'JOINT'} {joint.name}", indent + "{"]
    lines.append(f"{inner}OFFSET {_numbers(joint.offset)}")
    lines.append(f"{inner}CHANNELS {len(joint.channels)} {' '.join(joint.channels)}")
    for child in children.get(number, []):
        lines += _joint_lines(document, children, child, inner)
    if joint.end is not None:
        lines += [f"{inner}End Site", inner + "{", f"{inner}  OFFSET {_numbers(joint.end)}"]
        lines += [inner + "}"]
    return [*lines, indent + "}"]


def _numbers(values: FloatArray) -> str:
    return " ".join(_number(value) for value in values)


def _number(value: float) -> str:
    text = f"{value:.{_DIGITS}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def zxy_degrees_from_rotmat(rotmat: FloatArray) -> FloatArray:
    """Angles about z, x, y with R = Rz Rx Ry, for the channels of a BVH file.

    Near x = ±90 degrees, where z and y turn about the same axis, y is 0.

    Args:
        rotmat: [..., 3, 3].

    Returns:
        [..., 3] degrees (z, x, y).
    """
    mat = np.asarray(rotmat, dtype=np.float64)
    cosine = np.hypot(mat[..., 2, 0], mat[..., 2, 2])
    locked = cosine < 1e-9
    z = np.where(
        locked,
        np.arctan2(mat[..., 1, 0], mat[..., 0, 0]),
        np.arctan2(-mat[..., 0, 1], mat[..., 1, 1]),
    )
    x = np.arctan2(mat[..., 2, 1], cosine)
    y = np.where(locked, 0.0, np.arctan2(-mat[..., 2, 0], mat[..., 2, 2]))
    return np.degrees(np.stack([z, x, y], axis=-1))
