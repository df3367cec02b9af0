"""Results of video programs with several tracked people: WHAM's and 4D-Humans' pickles.

WHAM keeps one dictionary for each person (`pose_world`, `trans_world`, `frame_ids`, …).
4D-Humans keeps one for each frame, with lists of track numbers and of SMPL parameters as
rotation matrices. Plain pickles of one person's parameters (AIST++ and the like) pass too.
"""

import pickle
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from .imported import Imported
from .npz_kinds import has_shape, params_from_arrays
from .refusal import damaged, refused
from .result_pickle import load_result_pickle
from .smpl_params import SmplParams, axis_angles, motion_from_params

_ALIASES = {"smpl_poses": "poses", "smpl_trans": "trans"}  # AIST++


def motions_from_pickle(data: bytes, name: str) -> Imported:
    """Motions of a result pickle.

    Args:
        data: the file.
        name: its name for sentences.

    Returns:
        One motion for each tracked person.

    Raises:
        Sketch2PoseError: it asks for code, or is of no known kind.
        ValueError: damaged.
    """
    try:
        content = load_result_pickle(data)
    except pickle.UnpicklingError as error:
        fix = "Only import result files of programs you trust and know"
        raise refused(name, str(error), fix, "import.pickle") from error
    except (zlib.error, EOFError, AttributeError, RecursionError) as error:
        raise damaged(name, error) from error
    people = _people(content) if isinstance(content, Mapping) else []
    if not people:
        raise refused(name, "it holds no SMPL parameters in a known layout", code="import.unknown")
    results = [motion_from_params(params) for params in people]
    motions = tuple(replace(motion, person_id=n) for n, (motion, _) in enumerate(results))
    warnings = dict.fromkeys(sentence for _, found in results for sentence in found)
    return Imported(motions, tuple(warnings))


def _people(content: Mapping[Any, Any]) -> list[SmplParams]:
    if any(isinstance(value, Mapping) and "tid" in value for value in content.values()):
        return _by_track(content)
    alone = params_from_arrays({_ALIASES.get(str(k), str(k)): v for k, v in content.items()})
    if alone is not None:
        return [alone]
    each = (value for value in content.values() if isinstance(value, Mapping))
    found = (params_from_arrays({str(k): v for k, v in value.items()}) for value in each)
    return [params for params in found if params is not None]


def _by_track(frames: Mapping[Any, Any]) -> list[SmplParams]:
    """4D-Humans: frames in the order of their time, people in the order of their number."""
    tracks: dict[int, list[tuple[int, Mapping[str, Any]]]] = {}
    ordered = sorted(frames.items(), key=lambda item: (item[1].get("time", 0), str(item[0])))
    for number, (_, frame) in enumerate(ordered):
        for track, smpl in zip(frame["tid"], frame.get("smpl", []), strict=False):
            if isinstance(smpl, Mapping):
                tracks.setdefault(int(track), []).append((number, smpl))
    return [_track(tracks[number]) for number in sorted(tracks)]


def _track(seen: list[tuple[int, Mapping[str, Any]]]) -> SmplParams:
    rows = []
    for _, smpl in seen:
        root = np.asarray(smpl["global_orient"], np.float64).reshape(1, 1, 3, 3)
        body = np.asarray(smpl["body_pose"], np.float64).reshape(1, -1, 3, 3)
        rows.append(axis_angles(np.concatenate([root, body], axis=1), "body_pose"))
    frames = np.array([number for number, _ in seen], np.int64)
    shaped = any(has_shape(smpl) for _, smpl in seen)
    return SmplParams(np.concatenate(rows), frame_index=frames, has_shape=shaped)
