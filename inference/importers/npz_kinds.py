"""NumPy archives: our own BodyMotion files and those of other SMPL programs."""

import io

from inference.importers.read_motion import Imported
from inference.protocol.motion_file import motion_from_arrays, read_arrays


def motions_from_npz(data: bytes, name: str) -> Imported:
    """Motions of an `.npz` file.

    Args:
        data: the file.
        name: its name for sentences.

    Returns:
        The motions, one for each person.

    Raises:
        Sketch2PoseError: damaged, pickled, of no known kind, or a bad field.
    """
    return Imported((motion_from_arrays(read_arrays(io.BytesIO(data), name)),), ours=True)
