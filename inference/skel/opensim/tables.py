"""Text files of a SKEL motion: OpenSim's `.mot` and `.trc`, and a plain `.csv`.

Conventions: the files' own: degrees, meters (`.mot`, `.csv`) or millimeters (`.trc`); OpenSim's
ground is x forward, y up, z right. Angles count from the T-pose, as SKEL's do and as those of the
`.osim` that we write beside them.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ..model.layout import BONE_NAMES, DOFS
from ..motion import SkelMotion
from .osim_frame import ground_from_body

TRANSLATIONS = ("pelvis_tx", "pelvis_ty", "pelvis_tz")


def coordinate_names() -> tuple[str, ...]:
    """Columns of a `.mot`: 46 angles and the place of the pelvis, in the model's order."""
    names = tuple(dof.coordinate for dof in DOFS)
    return (*names[:3], *TRANSLATIONS, *names[3:])


def coordinate_values(motion: SkelMotion) -> Array:
    """[T, 49] degrees and meters in the order of `coordinate_names`."""
    degrees = np.rad2deg(motion.q)
    pelvis = ground_from_body(motion.joints[:, 0])
    return np.concatenate([degrees[:, :3], pelvis, degrees[:, 3:]], 1)


def write_mot(path: Path, motion: SkelMotion) -> None:
    """Joint angles for OpenSim (degrees)."""
    values = np.column_stack([_times(motion), coordinate_values(motion)])
    header = (
        f"{path.stem}\nversion=1\nnRows={len(values)}\nnColumns={values.shape[1]}\n"
        "inDegrees=yes\nendheader\n"
    )
    names = ("time", *coordinate_names())
    _write(path, header + "\t".join(names), values, "\t")


def write_csv(path: Path, motion: SkelMotion) -> None:
    """Joint angles (degrees), pelvis (meters, OpenSim's axes) and the mean errors of each frame."""
    skin = motion.skin_errors
    known = ~np.isnan(skin)
    skin_mean = np.where(known, skin, 0).sum(1) / np.maximum(known.sum(1), 1)
    values = np.column_stack(
        [
            _times(motion), coordinate_values(motion), 1e3 * motion.joint_errors.mean(1),
            1e3 * skin_mean, motion.weak_frames.astype(np.float64),
        ]
    )  # fmt: skip
    names = ("time", *coordinate_names(), "joint_error_mm", "skin_error_mm", "weak")
    _write(path, ",".join(names), values, ",")


def write_trc(path: Path, motion: SkelMotion) -> None:
    """The 24 joint centers as markers (millimeters)."""
    frames, rate = len(motion.q), motion.framerate
    places = 1e3 * ground_from_body(motion.joints).reshape(frames, -1)
    labels = "\t".join(f"{name}\t\t" for name in BONE_NAMES)
    axes = "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, len(BONE_NAMES) + 1))
    header = (
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}\n"
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\t"
        "OrigDataRate\tOrigDataStartFrame\tOrigNumFrames\n"
        f"{rate:g}\t{rate:g}\t{frames}\t{len(BONE_NAMES)}\tmm\t{rate:g}\t1\t{frames}\n"
        f"Frame#\tTime\t{labels}\n\t\t{axes}\n"
    )
    table = np.column_stack([np.arange(1.0, frames + 1), _times(motion), places])
    _write(path, header.rstrip("\n"), table, "\t", first="%d")


def _times(motion: SkelMotion) -> Array:
    return np.arange(len(motion.q)) / motion.framerate


def _write(
    path: Path, header: str, values: NDArray[Any], delimiter: str, first: str = "%.6f"
) -> None:
    formats = [first] + ["%.6f"] * (values.shape[1] - 1)
    np.savetxt(path, values, formats, delimiter, header=header, comments="", encoding="utf-8")
