"""Ten shape parameters from a population: principal components at unit deviation.

Conventions: metres, y up. `shapedirs[..., k]` is the displacement of one standard deviation.
"""

from dataclasses import dataclass

import numpy as np


@dataclass
class ShapeSpace:
    """Linear body shapes: `v_template + shapedirs @ betas`; joints likewise, each by regression.

    Attributes:
        v_template: [V, 3]. shapedirs: [V, 3, K].
        joints_template: [J, 3]. joint_shapedirs: [J, 3, K]. All metres.
        betas: [N, K] coefficients of the population. explained: share of the variance.
    """

    v_template: np.ndarray
    shapedirs: np.ndarray
    joints_template: np.ndarray
    joint_shapedirs: np.ndarray
    betas: np.ndarray
    explained: float


def fit_shape_space(vertices, joints, areas, count: int) -> ShapeSpace:
    """Area-weighted PCA of [N, V, 3] vertices; [N, J, 3] joints follow by least squares.

    The components are found on the N×N Gram matrix, as people are far fewer than coordinates.
    """
    mean = vertices.mean(0)
    centred = vertices - mean
    weighted = (centred * np.sqrt(areas / areas.sum())[:, None]).reshape(len(vertices), -1)
    values, vectors = np.linalg.eigh(weighted @ weighted.T)
    betas = vectors[:, ::-1][:, :count] * np.sqrt(len(vertices))
    directions = np.einsum("nk,nvd->vdk", betas, centred, optimize=True) / len(vertices)
    signs = positive_signs(mean, directions)
    betas, directions = betas * signs, directions * signs
    joint_mean = joints.mean(0)
    joint_directions = np.einsum("nk,njd->jdk", betas, joints - joint_mean) / len(vertices)
    return ShapeSpace(
        mean, directions, joint_mean, joint_directions, betas,
        float(values[::-1][:count].sum() / values.sum()),
    )  # fmt: skip


def positive_signs(mean, directions) -> np.ndarray:
    """Signs that make + taller where stature changes, else wider: PCA leaves them to chance."""
    top, bottom = mean[:, 1].argmax(), mean[:, 1].argmin()
    growth = directions[top, 1] - directions[bottom, 1]
    outward = mean - mean.mean(0)
    outward[:, 1] = 0
    girth = np.einsum("vdk,vd->k", directions, outward)
    return np.where(np.where(np.abs(growth) > 0.02, growth, girth) < 0, -1.0, 1.0)


def vertex_areas(vertices, quads) -> np.ndarray:
    """[V] share of the surface around each vertex, m²."""
    corners = vertices[quads]
    diagonals = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    area = 0.5 * np.linalg.norm(diagonals, axis=1)
    return np.bincount(quads.ravel(), np.repeat(area / 4, 4), len(vertices))


def strongest_traits(betas, phenotypes, floor: float = 0.3) -> list[str]:
    """For each component the phenotypes that correlate with it, such as "+height -gender"."""
    labels = []
    for column in betas.T:
        found = {
            name: np.corrcoef(column, samples)[0, 1]
            for name, samples in phenotypes.items()
            if samples.std() > 0
        }
        strong = sorted((n for n in found if abs(found[n]) > floor), key=lambda n: -abs(found[n]))
        labels.append(" ".join(f"{'+' if found[n] > 0 else '-'}{n}" for n in strong[:3]))
    return labels
