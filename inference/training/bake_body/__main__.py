"""Command line of the bake: people → T-pose → SMPL joints → shape space → one small file."""

import argparse
from pathlib import Path

import numpy as np

from ....core.smpl import SMPL_JOINT_NAMES, SMPL_PARENTS
from ...body.body_file import LICENCE, write_body_file
from .bone_shapes import build_bones
from .landmarks import find_landmarks
from .sampling import sample_population
from .shape_space import fit_shape_space, strongest_traits, vertex_areas
from .skel_layout import skel_frames, skel_joints, skel_weights
from .smpl_layout import PELVIS_PLACE, joint_heads, joint_weights
from .tpose import to_t_pose


def bake(out: Path, skel_out: Path | None, people: int, shape_count: int, seed: int) -> None:
    population = sample_population(people, seed)
    vertices, heads = to_t_pose(population)
    joints = joint_heads(heads, population.bones)
    shift = PELVIS_PLACE - joints[:, :1]
    vertices, heads, joints = vertices + shift, heads + shift, joints + shift
    areas = vertex_areas(vertices[0], population.quads)
    space = fit_shape_space(vertices[1:], joints[1:], areas, shape_count)
    report(space, vertices[1:], joints[1:])
    indices, weights = joint_weights(population.weights, population.bones)
    landmarks = find_landmarks(population, space.v_template, heads[1:].mean(0))
    phenotypes = {name: samples[1:] for name, samples in population.phenotypes.items()}
    write_body_file(
        out,
        name="Sketch2Pose default body",
        licence=LICENCE,
        source=f"{population.source}, MakeHuman/MPFB2 data (CC0)",
        v_template=space.v_template,
        quads=population.quads,
        weight_joints=indices,
        weight_values=weights,
        joints_template=space.joints_template,
        shapedirs=space.shapedirs,
        joint_shapedirs=space.joint_shapedirs,
        parents=SMPL_PARENTS,
        joint_names=SMPL_JOINT_NAMES,
        landmarks=landmarks,
        beta_traits=strongest_traits(space.betas, phenotypes),
    )
    print(f"{out}: {out.stat().st_size / 1e6:.2f} MB")

    if skel_out is not None:
        skeleton = skel_joints(joints, heads, population.bones)
        bake_skeleton(skel_out, space, skeleton[1:], population, landmarks)


def bake_skeleton(out: Path, space, joints, population, landmarks) -> None:
    """The default SKEL-format skeleton in the same skin and shape space as the body."""
    mean = joints.mean(0)
    rot, apose = skel_frames(mean)
    places = {name: space.v_template[vertex] for name, vertex in landmarks.items()}
    vertices, faces, bones, ends, along = build_bones(mean, places)
    indices, weights = skel_weights(population.weights, population.bones)
    np.savez_compressed(
        out,
        format_version=1,
        name="Sketch2Pose default skeleton",
        licence=LICENCE,
        body_name="Sketch2Pose default body",
        weight_joints=indices,
        weight_values=weights.astype(np.float16),
        joints_template=mean.astype(np.float32),
        joint_shapedirs=(np.einsum("nk,njd->jdk", space.betas, joints - mean) / len(joints)).astype(
            np.float32
        ),
        bone_vertices=vertices.astype(np.float32),
        bone_faces=faces.astype(np.uint16),
        bone_of_vertex=bones.astype(np.uint8),
        bone_end=ends.astype(np.uint8),
        bone_along=along.astype(np.float16),
        per_joint_rot=rot,
        apose_rel_transfo=apose,
    )
    print(f"{out}: {out.stat().st_size / 1e6:.2f} MB, {len(vertices)} bone vertices")


def report(space, vertices, joints) -> None:
    some = slice(0, 100)
    body = space.v_template + np.einsum("vdk,nk->nvd", space.shapedirs, space.betas[some])
    pivots = space.joints_template + np.einsum(
        "jdk,nk->njd", space.joint_shapedirs, space.betas[some]
    )
    skin = 1e3 * np.linalg.norm(body - vertices[some], axis=-1)
    pivot = 1e3 * np.linalg.norm(pivots - joints[some], axis=-1)
    stature = np.ptp(vertices[:, :, 1], axis=1)
    print(
        f"stature {stature.mean():.3f} ± {stature.std():.3f} m, "
        f"mean body {np.ptp(space.v_template[:, 1]):.3f} m"
    )
    print(
        f"variance explained {space.explained:.4f}; skin {skin.mean():.2f} mm, "
        f"joints {pivot.mean():.2f} mm "
        f"(worst {SMPL_JOINT_NAMES[pivot.mean(0).argmax()]} {pivot.mean(0).max():.2f} mm)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m sketch2pose.inference.training.bake_body", description=__doc__
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--skel", type=Path, help="also write the default skeleton here")
    parser.add_argument("--people", type=int, default=1200)
    parser.add_argument("--betas", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    bake(arguments.out, arguments.skel, arguments.people, arguments.betas, arguments.seed)


if __name__ == "__main__":
    main()
