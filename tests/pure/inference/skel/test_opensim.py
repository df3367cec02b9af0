"""Our `.osim`, `.mot` and `.trc` in OpenSim itself, where the `opensim` package is installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sketch2pose.inference.skel.files import load_models, write_skel_files
from sketch2pose.inference.skel.model.default import load_default_skel
from sketch2pose.inference.skel.model.layout import BONE_NAMES, DOFS, HIGHEST, LOWEST, PARENTS
from sketch2pose.inference.skel.motion import SkelMotion
from sketch2pose.inference.skel.opensim.osim import write_osim
from sketch2pose.inference.skel.opensim.osim_frame import ground_from_body
from sketch2pose.inference.skel.opensim.tables import TRANSLATIONS, write_mot
from tests.pure.inference.skel.test_skel import some_angles, walk

opensim = pytest.importorskip(
    "opensim", reason="skipped: OpenSim is not installed (build.py test --only agreement)"
)
pytestmark = pytest.mark.agreement


def joints_in_opensim(osim: Path, mot: Path) -> np.ndarray:
    """[T, 24, 3] metres, ground: the model's markers while OpenSim plays the motion file."""
    model = opensim.Model(str(osim))
    state = model.initSystem()
    table = opensim.TimeSeriesTable(str(mot))
    assert table.getTableMetaDataAsString("inDegrees") == "yes"
    coordinates = {name: model.getCoordinateSet().get(name) for name in table.getColumnLabels()}
    places = np.empty((table.getNumRows(), len(BONE_NAMES), 3))
    for frame in range(len(places)):
        row = table.getRowAtIndex(frame).to_numpy()
        for (name, coordinate), value in zip(coordinates.items(), row, strict=True):
            moves = name in TRANSLATIONS
            coordinate.setValue(state, value if moves else np.radians(value), False)
        model.realizePosition(state)
        for bone, name in enumerate(BONE_NAMES):
            marker = model.getMarkerSet().get(name).getLocationInGround(state)
            places[frame, bone] = marker.to_numpy()
    return places


def test_opensim_plays_our_motion_on_our_model(tmp_path: Path) -> None:
    fitted, files = write_skel_files(walk(12), "walk", tmp_path, load_models())
    by_kind = {path.suffix: path for path in files}
    places = joints_in_opensim(by_kind[".osim"], by_kind[".mot"])
    ours = ground_from_body(fitted.joints)
    assert 1e3 * np.linalg.norm(places - ours, axis=-1).max() < 0.3
    markers = opensim.TimeSeriesTableVec3(str(by_kind[".trc"]))
    assert list(markers.getColumnLabels()) == list(BONE_NAMES)
    row = markers.getRowAtIndex(7)
    read = np.array([row[bone].to_numpy() for bone in range(len(BONE_NAMES))])
    assert np.allclose(read, 1e3 * ours[7], atol=1e-3)


def test_opensim_agrees_in_any_pose_within_the_limits(tmp_path: Path) -> None:
    skel, q = load_default_skel(), some_angles(40, seed=5)
    betas, nothing = np.linspace(-2, 2, 10), np.full((40, 24), np.nan)
    joints = skel.forward(q, np.zeros((40, 3)), betas).positions
    weak = np.zeros(40, bool)
    motion = SkelMotion(q, np.zeros((40, 3)), betas, 30.0, joints, nothing, nothing, weak, "", "")
    write_mot(tmp_path / "any.mot", motion)
    write_osim(tmp_path / "any.osim", skel.rest(betas), 1.8, "any")
    places = joints_in_opensim(tmp_path / "any.osim", tmp_path / "any.mot")
    assert 1e3 * np.linalg.norm(places - ground_from_body(joints), axis=-1).max() < 0.3


def test_opensim_finds_bodies_joints_and_ranges(tmp_path: Path) -> None:
    write_osim(tmp_path / "a.osim", load_default_skel().rest(), 1.7, "a")
    model = opensim.Model(str(tmp_path / "a.osim"))
    state = model.initSystem()
    assert model.getNumBodies() == model.getNumJoints() == len(PARENTS)
    assert model.getTotalMass(state) == pytest.approx(22.0 * 1.7**2, rel=1e-3)
    for dof, low, high in zip(DOFS, LOWEST, HIGHEST, strict=True):
        coordinate = model.getCoordinateSet().get(dof.coordinate)
        assert coordinate.getDefaultClamped() == bool(np.isfinite([low, high]).all())
        if coordinate.getDefaultClamped():
            assert coordinate.getRangeMin() == pytest.approx(low, abs=1e-6)
            assert coordinate.getRangeMax() == pytest.approx(high, abs=1e-6)
