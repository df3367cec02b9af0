"""Any motion file to BodyMotion: the kind follows from the content."""

import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from ...core.body_motion import SourceNote
from ...core.body_motion.check import check
from ...core.errors import Sketch2PoseError
from .imported import Imported
from .refusal import damaged, refused

LARGEST_FILE = 1 << 30  # bytes

# what parsers of text, zips, pickles and arrays raise for files that are damaged
_DAMAGED = (
    ArithmeticError, AttributeError, EOFError, IndexError, KeyError, MemoryError,
    NotImplementedError, RecursionError, TypeError, ValueError, struct.error, zipfile.BadZipFile,
    zlib.error,
)  # fmt: skip


Reader = Callable[[bytes, str], Imported]


def read_motion(path: str | Path) -> Imported:
    """Read a motion of ours or of another program.

    Args:
        path: BodyMotion `.npz`, AMASS or SMPL-family `.npz`, results of other programs (`.pt`,
            `.pkl`, `.npy`), motion JSON, OpenPose or COCO JSON, BVH, TRC; see docs/body_motion.md.

    Returns:
        One checked motion for each person.

    Raises:
        Sketch2PoseError: unreadable, of an unknown kind, or bad (named).
    """
    path = Path(path)
    data = _content(path)
    try:
        imported = _reader_of(data, path)(data, path.name)
    except Sketch2PoseError:
        raise
    except _DAMAGED as error:
        raise damaged(path.name, error) from error
    if not imported.ours:
        source = SourceNote(path.name, "import")
        motions = tuple(replace(motion, source=source) for motion in imported.motions)
        imported = replace(imported, motions=motions)
    for motion in imported.motions:
        check(motion)
    return imported


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            why = f"it is larger than {LARGEST_FILE >> 30} GiB"
            raise refused(path.name, why, "Split it", "import.too_large")
        data = path.read_bytes()
    except OSError as error:
        why = (error.strerror or "the system refused it").lower()
        fix = "Check that the file is there and that you may read it"
        raise refused(path.name, why, fix, "import.unreadable") from error
    if not data:
        raise refused(path.name, "the file is empty (0 bytes)", code="import.empty")
    return data


def _reader_of(data: bytes, path: Path) -> Reader:
    from .result_pickle import is_pickle

    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if is_pickle(data):
        return _read_pickle
    if data.startswith(b"PK\x03\x04"):
        return _read_zip
    if data.startswith(b"\x93NUMPY"):
        return partial(_read_npy, path.parent)
    if start[:1] in (b"{", b"["):
        return _read_json
    if start[:9].upper() == b"HIERARCHY":
        return _read_bvh
    if start.startswith(b"PathFileType"):
        return _read_trc
    raise refused(path.name, "its content is not in a known format", code="import.unknown")


def _read_npy(folder: Path, data: bytes, name: str) -> Imported:
    from .tram import motion_from_tram

    return motion_from_tram(data, name, folder)


def _read_zip(data: bytes, name: str) -> Imported:
    from .npz_kinds import motions_from_npz
    from .torch_file import is_torch_archive, motions_from_torch

    return (
        motions_from_torch(data, name) if is_torch_archive(data) else motions_from_npz(data, name)
    )


def _read_json(data: bytes, name: str) -> Imported:
    from .motion_json import FORMAT_NAME, motion_from_json

    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise refused(name, "it is not valid JSON") from error
    if isinstance(document, dict) and document.get("format") == FORMAT_NAME:
        return Imported((motion_from_json(document),), ours=True)
    from .keypoints2d import is_keypoint_document, motions_from_keypoints

    if is_keypoint_document(document):
        return motions_from_keypoints(document, name)
    raise refused(name, "its JSON content is not in a known format", code="import.unknown")


def _read_pickle(data: bytes, name: str) -> Imported:
    from .tracked_people import motions_from_pickle

    return motions_from_pickle(data, name)


def _read_trc(data: bytes, name: str) -> Imported:
    from .trc import motion_from_trc

    return motion_from_trc(data, name)


def _read_bvh(data: bytes, name: str) -> Imported:
    from .bvh_foreign import motion_from_foreign_bvh
    from .bvh_smpl import has_smpl_joints, motion_from_smpl_bvh
    from .bvh_text import parse_bvh

    document = parse_bvh(data.decode("utf-8", "replace"))
    if has_smpl_joints(document):
        motion, warnings = motion_from_smpl_bvh(document)
        return Imported((motion,), tuple(warnings))
    found = motion_from_foreign_bvh(document)
    if found is None:
        names = ", ".join(joint.name for joint in document.joints[:6])
        why = f"its joints ({names}, …) do not match a known naming scheme"
        fix = "Import it into Blender and retarget it from that armature"
        raise refused(name, why, fix, "import.bvh_names")
    return Imported((found[0],), tuple(found[1]))
