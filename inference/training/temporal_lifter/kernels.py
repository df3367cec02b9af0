"""Compiled loops over meshes: normals, skinning, and a z-buffer that blends colours.

Conventions: metres; pixel (x, y) has its centre at integer coordinates; a smaller depth is nearer.
"""

from __future__ import annotations

import numba
import numpy as np

EMPTY = 1e9


@numba.njit(cache=True, fastmath=True)
def vertex_normals(points, faces):
    """Unit normals [V, 3] of a mesh: sums of those of the faces about each vertex."""
    normals = np.zeros_like(points)
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        u, v = points[b] - points[a], points[c] - points[a]
        x = u[1] * v[2] - u[2] * v[1]
        y = u[2] * v[0] - u[0] * v[2]
        z = u[0] * v[1] - u[1] * v[0]
        for k in (a, b, c):
            normals[k, 0] += x
            normals[k, 1] += y
            normals[k, 2] += z
    for k in range(normals.shape[0]):
        length = np.sqrt((normals[k] ** 2).sum()) + 1e-12
        normals[k] /= length
    return normals


@numba.njit(cache=True, fastmath=True)
def skinned(rest, joints, weights, transforms):
    """Vertices [V, 3] moved by transforms [J, 3, 4] of up to W joints each."""
    moved = np.zeros_like(rest)
    for v in range(rest.shape[0]):
        x, y, z = rest[v, 0], rest[v, 1], rest[v, 2]
        for k in range(joints.shape[1]):
            weight = weights[v, k]
            if weight == 0:
                continue
            t = transforms[joints[v, k]]
            for i in range(3):
                moved[v, i] += weight * (t[i, 0] * x + t[i, 1] * y + t[i, 2] * z + t[i, 3])
    return moved


@numba.njit(cache=True, fastmath=True)
def paint(pixels, depth, faces, colors, image, buffer):
    """Draws triangles into image [H, W, C] and buffer [H, W] where they are the nearest.

    pixels [V, 2], depth [V], colors [V, C] of the vertices are blended linearly.
    """
    height, width = buffer.shape
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        x0, y0 = pixels[a, 0], pixels[a, 1]
        x1, y1 = pixels[b, 0], pixels[b, 1]
        x2, y2 = pixels[c, 0], pixels[c, 1]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if abs(area) < 1e-9 or min(depth[a], depth[b], depth[c]) < 0.05:
            continue
        left = max(int(np.floor(min(x0, x1, x2))), 0)
        right = min(int(np.ceil(max(x0, x1, x2))), width - 1)
        top = max(int(np.floor(min(y0, y1, y2))), 0)
        bottom = min(int(np.ceil(max(y0, y1, y2))), height - 1)
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                w0 = ((x1 - x) * (y2 - y) - (x2 - x) * (y1 - y)) / area
                w1 = ((x2 - x) * (y0 - y) - (x0 - x) * (y2 - y)) / area
                w2 = 1 - w0 - w1
                if w0 < -1e-4 or w1 < -1e-4 or w2 < -1e-4:
                    continue
                z = w0 * depth[a] + w1 * depth[b] + w2 * depth[c]
                if z < buffer[y, x]:
                    buffer[y, x] = z
                    for k in range(image.shape[2]):
                        image[y, x, k] = w0 * colors[a, k] + w1 * colors[b, k] + w2 * colors[c, k]
