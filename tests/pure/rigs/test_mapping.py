"""Bone maps: every family, names that say nothing, and what must be refused."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from sketch2pose.rigs import (
    RigError,
    bone_map_from_json,
    bone_map_to_json,
    detect_bone_map,
    make_skeleton,
)
from sketch2pose.rigs.bone_maps.mapping import plain_name
from sketch2pose.rigs.bone_maps.preset import FOLDER, load_presets, read_preset
from sketch2pose.rigs.bone_maps.topology import map_by_shape
from sketch2pose.rigs.human import BODY_ROLES, FINGER_ROLES, mirrored, parent_role, part_of, side_of
from tests.pure.rigs.rig_fixtures import smpl_rig, stored_rig

# How many of the 22 body roles each stored rig has bones for (it may lack a neck or clavicles).
STORED = {
    "cmu_bvh/cmu_daz_135_04": 19,
    "cmu_bvh/cmu_mb2_07_01": 22,
    "freemocap_bvh_mit/003_genuine": 17,
    "kaykit_mannequin_cc0/anim_Med_MovementBasic": 18,
    "makehuman_bvh_cc0/gym01": 22,
    "mesh2motion_human_cc0/m2m_rig-human": 22,
    "mpfb/mpfb_cmu_mb": 22,
    "mpfb/mpfb_default": 22,
    "mpfb/mpfb_game_engine": 22,
    "mpfb/mpfb_mixamo": 22,
    "mpfb/mpfb_mixamo_unity": 22,
    "mpfb/mpfb_openpose": 14,
    "mpfb/mpfb_rigify_human": 22,
    "rigify/rigify_generated_basic_human": 22,
    "rigify/rigify_generated_human": 22,
    "rigify/rigify_metarig_human": 22,
    **{f"synthetic_names/{n}": 22 for n in (
        "anonymous", "auto_rig_pro", "biped_3dsmax", "cc3_accurig_actorcore", "daz_genesis8",
        "humanik_plain", "smpl", "smplx", "ue5_manny", "vroid",
    )},
    "synthetic_names/mmd_japanese": 21,
    "synthetic_names/roblox_r15": 15,
}  # fmt: skip
# Drawn on one A-posed skeleton, so equal roles must lie at equal places whatever their names.
ONE_SKELETON = ("auto_rig_pro", "biped_3dsmax", "cc3_accurig_actorcore", "daz_genesis8")


@pytest.mark.parametrize("name", STORED)
def test_stored_rigs_are_mapped(shared_data, name):
    rig = stored_rig(shared_data / f"rigs/{name}.skeleton.json")
    bone_map = detect_bone_map(rig)
    assert sum(role in bone_map.bones for role in BODY_ROLES) == STORED[name]
    assert len(set(bone_map.bones.values())) == len(bone_map.bones)
    for role in ("upper_arm", "shin", "thigh"):
        assert _is_on_the_left(rig, bone_map, role)


def _is_on_the_left(rig, bone_map, part) -> bool:
    from sketch2pose.core.rotations import quat_rotate
    from sketch2pose.rigs.landmarks import body_frame

    rest = {role: rig.head(bone) for role, bone in bone_map.bones.items()}
    left = quat_rotate(body_frame(rest), [1.0, 0.0, 0.0])
    return bool((rest[f"left_{part}"] - rest[f"right_{part}"]) @ left > 0)


@pytest.mark.parametrize("family", ONE_SKELETON)
def test_names_that_say_nothing_give_the_same_bones(shared_data, family):
    folder = shared_data / "rigs/synthetic_names"
    named = stored_rig(folder / f"{family}.skeleton.json")
    unnamed = stored_rig(folder / "anonymous.skeleton.json")
    by_name, by_shape = detect_bone_map(named), detect_bone_map(unnamed)
    assert by_shape.preset == "shape" and by_shape.warnings
    for role in BODY_ROLES[1:]:  # two families keep the hips in two bones
        at = named.head(by_name.bones[role]), unnamed.head(by_shape.bones[role])
        assert np.allclose(*at, atol=1e-3), role


def test_shape_alone_finds_named_rigs_too(shared_data):
    for name in ("mpfb/mpfb_mixamo", "mpfb/mpfb_game_engine", "synthetic_names/ue5_manny"):
        rig = stored_rig(shared_data / f"rigs/{name}.skeleton.json")
        named, shaped = detect_bone_map(rig), map_by_shape(rig)
        wrong = [r for r in BODY_ROLES if named.bones.get(r) != shaped.bones.get(r)]
        assert not wrong


def test_shape_does_not_depend_on_scale_or_order(shared_data):
    rig = stored_rig(shared_data / "rigs/synthetic_names/anonymous.skeleton.json")
    order = np.random.default_rng(0).permutation(len(rig.names))
    place = np.argsort(order)
    rest = rig.rest[order].copy()
    rest[:, :3, 3] *= 40.0
    parents = [int(place[p]) if p >= 0 else -1 for p in rig.parents[order]]
    shuffled = make_skeleton([rig.names[i] for i in order], parents, rest)
    assert dict(map_by_shape(shuffled).bones) == dict(map_by_shape(rig).bones)


@pytest.mark.parametrize("style", ["{}.L", "{}_l", "Left{}", "l{}", "Rig:Left_{}"])
def test_side_styles_and_namespaces(style):
    left = style.format("UpperArm")
    right = style.replace("Left", "Right").replace(".L", ".R").replace("_l", "_r")
    right = re.sub("^l", "r", right).format("UpperArm")
    assert plain_name(left) != plain_name(right)
    assert plain_name("mixamorig:LeftArm") == plain_name("LEFTARM")
    assert plain_name("thigh.L") == plain_name("thigh_L") == plain_name("Armature|thigh-l")


def test_prefixes_of_any_file_are_seen_through(shared_data):
    rig = stored_rig(shared_data / "rigs/mpfb/mpfb_mixamo.skeleton.json")
    renamed = replace(rig, names=tuple(n.replace("mixamorig:", "Char3_") for n in rig.names))
    renamed.__dict__.pop("index", None)
    assert len(detect_bone_map(renamed).missing) == 0


def quadruped():
    heads = {
        "pelvis": (0, 0.5, 1.0), "spine": (0, 0.1, 1.05), "chest": (0, -0.5, 1.0),
        "neck": (0, -0.7, 1.2), "head": (0, -0.9, 1.4),
    }  # fmt: skip
    parents = {"spine": "pelvis", "chest": "spine", "neck": "chest", "head": "neck"}
    for side, x in (("l", 0.15), ("r", -0.15)):
        for limb, y, top in (("front", -0.5, "chest"), ("hind", 0.5, "pelvis")):
            for n, z in enumerate((0.95, 0.55, 0.15, 0.05)):
                name = f"{limb}{n}_{side}"
                heads[name] = (x, y + (0.02 if n == 1 else 0.0) - (0.1 if n == 3 else 0.0), z)
                parents[name] = f"{limb}{n - 1}_{side}" if n else top
    names = list(heads)
    rest = np.tile(np.eye(4), (len(names), 1, 1))
    rest[:, :3, 3] = [heads[name] for name in names]
    return make_skeleton(names, [names.index(parents[n]) if n in parents else -1 for n in names],
                         rest)  # fmt: skip


def test_four_legs_are_refused_with_a_sentence():
    with pytest.raises(RigError, match="stands on four legs"):
        detect_bone_map(quadruped())


@pytest.mark.parametrize("count", [1, 2, 5])
def test_chains_are_refused_with_a_sentence(count):
    rest = np.tile(np.eye(4), (count, 1, 1))
    rest[:, 2, 3] = np.arange(count)
    chain = make_skeleton([f"Bone.{n}" for n in range(count)], range(-1, count - 1), rest)
    with pytest.raises(RigError, match="does not look like a human body"):
        detect_bone_map(chain)


def test_maps_are_edited_mirrored_and_stored():
    bone_map = detect_bone_map(smpl_rig())
    assert bone_map_from_json(bone_map_to_json(bone_map)) == bone_map
    edited = bone_map.with_bone("left_hand", None)
    assert "left_hand" in edited.missing and "left_hand" not in bone_map.missing
    assert bone_map.swapped().bones["left_hand"] == bone_map.bones["right_hand"]
    assert bone_map.swapped().swapped() == bone_map


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "other", "version": 1}'])
def test_what_is_no_map_is_refused(text):
    with pytest.raises(RigError, match="not a bone map"):
        bone_map_from_json(text)


def test_roles_form_one_tree():
    roles = [*BODY_ROLES, *(f"{s}_{f}" for s in ("left", "right") for f in FINGER_ROLES)]
    for role in roles:
        seen = []
        while role is not None:
            assert role not in seen
            seen.append(role)
            role = parent_role(role, roles)
        assert seen[-1] == "hips"
        assert mirrored(mirrored(seen[0])) == seen[0]
        assert (side_of(seen[0]) is None) == (part_of(seen[0]) == seen[0])


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda p: p.stem)
def test_presets_are_well_formed(path):
    preset = read_preset(path)
    assert preset.name == path.stem and preset.title
    sides = [role for role in preset.bones if side_of(role)]
    assert all(mirrored(role) in preset.bones for role in sides)
    assert preset in load_presets()


def test_a_broken_preset_names_its_file(tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text('{"name": "broken"}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"broken\.json"):
        read_preset(broken)
