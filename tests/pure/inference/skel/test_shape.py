"""The shape of a skeleton is found from a moving skin."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sketch2pose.core.body_motion import write_body_motion
from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.inference import cli
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.skel.files import SkelModels, write_skel_files
from sketch2pose.inference.skel.fitting.convert import FitChoice, skel_from_smpl
from sketch2pose.inference.skel.model.default import load_default_skel
from sketch2pose.inference.skel.model.shape import fit_shape, fit_shape_to_smpl
from sketch2pose.inference.skel.model.skel_file import load_skel_file
from sketch2pose.inference.skel.motion import read_skel_motion
from tests.pure.inference.body.test_body_requests import family_file
from tests.pure.inference.skel.synthetic_skel import write_synthetic
from tests.pure.inference.skel.test_skel import some_angles, walk

TRUE = np.array([1.5, -1, 0.8, -0.5, 1, 0.3, -1.2, 0.6, -0.4, 0.9])


def test_a_known_shape_is_found_in_a_skel_file(tmp_path: Path) -> None:
    model = load_skel_file(write_synthetic(tmp_path / "skel.pkl"))
    q = 0.6 * some_angles(12, 3)
    trans = np.random.default_rng(0).normal(0, 0.5, (12, 3))
    skin = model.skin(model.forward(q, trans, TRUE), TRUE)
    found = fit_shape(model, skin)
    assert np.abs(found - TRUE).max() < 0.1
    bones = model.rest(found).offsets - model.rest(TRUE).offsets
    assert np.linalg.norm(bones, axis=1).max() < 0.001


def other_parameters():
    """The default skeleton with its shape parameters mixed, so that betas mean other things."""
    skel, mix = load_default_skel(), np.linalg.qr(np.random.default_rng(1).normal(size=(10, 10)))[0]
    mixed = {name: getattr(skel, name) @ mix for name in ("shapedirs", "joint_shapedirs")}
    return replace(skel, **mixed), mix


def test_a_body_with_other_parameters_is_followed() -> None:
    motion, body = replace(walk(8), betas=TRUE.astype(np.float32)), load_default_body()
    skel, mix = other_parameters()
    betas = fit_shape_to_smpl(motion, skel, body)
    assert np.abs(betas - mix.T @ TRUE).max() < 0.5  # the two skins bend in other ways
    carried = skel_from_smpl(motion, skel, body)
    fitted = skel_from_smpl(motion, skel, body, betas=betas)
    assert np.nanmean(fitted.skin_errors) < 0.006 < np.nanmean(carried.skin_errors) / 2
    assert np.array_equal(fitted.betas, betas)


def test_files_are_written_in_the_shape_that_was_found(tmp_path: Path) -> None:
    motion = replace(walk(4), betas=TRUE.astype(np.float32))
    models = SkelModels(other_parameters()[0], load_default_body())
    fitted, files = write_skel_files(motion, "w", tmp_path, models, FitChoice(shape=True))
    assert not np.allclose(fitted.betas, TRUE, atol=0.5)
    assert np.allclose(read_skel_motion(files[0]).betas, fitted.betas, atol=1e-5)


def test_another_skin_is_refused() -> None:
    skel = replace(load_default_skel(), v_template=np.zeros((5, 3)))
    with pytest.raises(Sketch2PoseError, match="13718 vertices and the skeleton 5"):
        fit_shape_to_smpl(walk(2), skel, load_default_body())


def test_on_the_command_line(tmp_path: Path, capsys) -> None:
    write_body_motion(tmp_path / "walk.npz", walk(3))
    arguments = ["skel", str(tmp_path / "walk.npz"), "--out", str(tmp_path), "--fit-shape"]
    assert cli.run(arguments) == 0
    found = read_skel_motion(tmp_path / "walk_skel.npz").betas
    assert np.abs(found - walk(3).betas).max() < 0.5
    assert cli.run([*arguments, "--from-image"]) == 2
    assert "not allowed with" in capsys.readouterr().err


@pytest.mark.parametrize("count", [10, 16])
def test_another_programs_motion_keeps_its_betas_on_own_models(
    tmp_path: Path, count: int, capsys
) -> None:
    motion, betas = walk(3), np.linspace(1, -1, count)
    amass = {"poses": np.zeros((3, 156)), "trans": motion.trans, "betas": betas}
    amass["poses"][:, :66] = motion.poses[:, :66]
    np.savez(tmp_path / "amass.npz", **amass, mocap_framerate=60.0, gender="neutral")
    skel, body = write_synthetic(tmp_path / "skel.pkl"), family_file(tmp_path, "smpl", every=4)
    arguments = ["skel", str(tmp_path / "amass.npz"), "--out", str(tmp_path)]
    own = ["--skel-model", str(skel), "--body-model", str(body)]
    assert cli.run([*arguments, *own, "--joints-only"]) == 0
    written = read_skel_motion(tmp_path / "amass_skel.npz")
    assert np.allclose(written.betas, betas[:10], atol=1e-5) and written.framerate == 60
    assert "those of the default body are used" not in capsys.readouterr().err
    assert cli.run([*arguments, "--joints-only"]) == 0
    assert not read_skel_motion(tmp_path / "amass_skel.npz").betas.any()
    assert "those of the default body are used" in capsys.readouterr().err
