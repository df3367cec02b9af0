"""Files with flipped, missing and added bytes: a result or one clear error, never anything else."""

import json
import pickle
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sketch2pose.core.body_motion import write_body_motion
from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.inference.importers.bvh_smpl import bvh_from_motion
from sketch2pose.inference.importers.bvh_text import format_bvh
from sketch2pose.inference.importers.motion_json import json_from_motion
from sketch2pose.inference.importers.read_motion import read_motion
from sketch2pose.inference.pictures.page import load_page
from tests.pure.core.test_body_motion import full_motion, least_motion
from tests.pure.inference.importers.test_points import file_names, hinged_poses, points_of, trc
from tests.pure.inference.importers.test_result_pickle import joblib_bytes, wham
from tests.pure.inference.importers.test_smpl_results import torch_archive
from tests.pure.inference.pictures.test_page import gif, with_exif_jpeg

INK = np.random.default_rng(0).integers(0, 255, (40, 50)).astype(np.uint8)
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="100mm" height="50mm" viewBox="0 0 100 50">
<style>.a{stroke:#000;fill:none}</style><g transform="rotate(10 5 5) scale(2)"><path class="a"
d="M1 1c2 3 4 5 6 7s1 1 2 2q3 3 4 4t1 1a3 4 10 01 2 3zM5 5h3v-2"/><circle r="3"/></g></svg>"""
STROKES = json.dumps(
    {"format": "sketch2pose-strokes", "version": 1, "width": 90, "height": 60, "camera": None,
     "strokes": [{"points": [[1, 2], [30, 40], [50.5, 20]], "width": 3}]}
).encode()  # fmt: skip


def image(extension):
    return cv2.imencode(extension, INK)[1].tobytes()


DRAWINGS = {
    "png": image(".png"),
    "jpg": with_exif_jpeg(image(".jpg"), 6),
    "webp": image(".webp"),
    "bmp": image(".bmp"),
    "tif": image(".tif"),
    "gif": gif([INK, INK], interlaced=True),
    "svg": SVG,
    "strokes": STROKES,
}


@pytest.fixture(scope="module")
def motions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("motions")
    write_body_motion(folder / "m.npz", full_motion())
    points = file_names(points_of(hinged_poses(1), np.zeros((3, 3))))
    return {
        "npz": (folder / "m.npz").read_bytes(),
        "json": json_from_motion(least_motion()).encode(),
        "bvh": format_bvh(bvh_from_motion(full_motion())).encode(),
        "pt": torch_archive({"poses": np.zeros((3, 72))}),
        "joblib": joblib_bytes(wham()),
        "compressed": zlib.compress(joblib_bytes(wham())),
        "pickle": pickle.dumps({"poses": np.zeros((3, 72))}),
        "trc": trc(points).encode(),
    }


changes = st.lists(
    st.tuples(
        st.floats(0, 1), st.sampled_from(["flip", "cut", "double", "zero"]), st.integers(0, 255)
    ),
    min_size=1, max_size=4,
)  # fmt: skip


def changed(data, wanted):
    for place, kind, value in wanted:
        at = int(place * (len(data) - 1)) if data else 0
        if kind == "flip":
            data = data[:at] + bytes([value]) + data[at + 1 :]
        elif kind == "cut":
            data = data[:at] + data[at + 1 + value :]
        elif kind == "double":
            data = data[: at + value] + data[at:]
        else:
            data = data[:at] + bytes(value) + data[at + value :]
    return data


THOROUGH = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("kind", DRAWINGS)
@THOROUGH
@given(wanted=changes)
def test_damaged_drawings(tmp_path, kind, wanted):
    path = tmp_path / "d"
    path.write_bytes(changed(DRAWINGS[kind], wanted))
    try:
        page = load_page(path)
    except Sketch2PoseError as error:
        assert str(error).endswith(".")
    else:
        assert page.gray.dtype == np.uint8
        assert max(page.gray.shape) <= 1024


@pytest.mark.parametrize(
    "kind", ["npz", "json", "bvh", "pt", "joblib", "compressed", "pickle", "trc"]
)
@THOROUGH
@given(wanted=changes)
def test_damaged_motions(tmp_path, motions, kind, wanted):
    path = tmp_path / "d"
    path.write_bytes(changed(motions[kind], wanted))
    try:
        imported = read_motion(path)
    except Sketch2PoseError as error:
        assert str(error).endswith(".")
    else:
        assert all(np.all(np.isfinite(motion.poses)) for motion in imported.motions)
