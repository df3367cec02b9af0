"""What is left of paper, scanner and camera on an ink map after its background was taken away.

Ink maps are uint8 [S, S], 0 = paper, 255 = ink.
"""

from functools import lru_cache

import cv2
import numpy as np

# Chance of each trace, in the order in which they happen: hand, sheet, camera, file, threshold.
CHANCES = {
    "gamma": 0.20,
    "pencil": 0.18,
    "grain": 0.15,
    "gaps": 0.06,
    "smear": 0.06,
    "ruled": 0.06,
    "specks": 0.12,
    "gradient": 0.10,
    "blur": 0.18,
    "pixelate": 0.10,
    "noise": 0.22,
    "jpeg": 0.10,
    "bitmap": 0.12,
}
TILE = 512  # side of the stored noise, of which each drawing gets a random part

Rng = np.random.Generator


def add_paper(ink: np.ndarray, rng: Rng) -> np.ndarray:
    """The ink map as it comes from real paper: each trace of CHANCES by its chance.

    Args:
        ink: uint8 [S, S], not changed.
        rng: source of all randomness.

    Returns:
        uint8 [S, S].
    """
    result = ink.copy()
    draws = rng.random(len(CHANCES))
    for (trace, chance), draw in zip(CHANCES.items(), draws, strict=True):
        if draw < chance:
            result = TRACES[trace](result, rng)
    return result


@lru_cache(maxsize=1)
def _noise_tiles() -> tuple[np.ndarray, np.ndarray]:
    """White and soft noise, int16 [TILE, TILE], standard deviation 64."""
    white = np.random.default_rng(0).standard_normal((TILE, TILE)).astype(np.float32)
    soft = cv2.GaussianBlur(white, (0, 0), 1.6)
    soft /= soft.std()
    return (64 * white).astype(np.int16), (64 * soft).astype(np.int16)


def _noise(size: int, soft: bool, rng: Rng) -> np.ndarray:
    """A part [size, size] of the stored noise, int16, standard deviation 64."""
    tile = _noise_tiles()[int(soft)]
    if size > TILE:
        tile = np.tile(tile, (size // TILE + 1, size // TILE + 1))
    y, x = rng.integers(0, len(tile) - size + 1, 2)
    part = tile[y : y + size, x : x + size]
    return part[::-1] if rng.random() < 0.5 else part.T


def _added(ink: np.ndarray, change: np.ndarray) -> np.ndarray:
    return np.clip(ink + change.astype(np.int16), 0, 255).astype(np.uint8)


def _gamma(ink: np.ndarray, rng: Rng) -> np.ndarray:
    """Middle tones darker or lighter, as scanners do."""
    peak = max(int(ink.max()), 1)  # the darkest stays as dark as it was
    curve = np.clip(peak * (np.arange(256) / peak) ** np.exp(rng.normal(0, 0.45)), 0, 255)
    return cv2.LUT(ink, curve.astype(np.uint8))


def _pencil(ink: np.ndarray, rng: Rng) -> np.ndarray:
    """Faint, uneven lines; the page's contrast falls to a third at worst."""
    peak = rng.uniform(85, 245) / max(int(ink.max()), 85)
    strength = min(peak, 1.0) * (1 + rng.uniform(0.02, 0.3) / 64 * _noise(len(ink), True, rng))
    return np.clip(ink * strength, 0, 255).astype(np.uint8)


def _grain(ink: np.ndarray, rng: Rng) -> np.ndarray:
    """Crayon on rough paper: the ink misses the pits."""
    threshold = rng.uniform(40, 130)
    missed = _noise(len(ink), bool(rng.random() < 0.5), rng) > threshold
    return np.where(missed, (ink * rng.uniform(0.0, 0.6)).astype(np.uint8), ink)


def _brush(size: int, width: float, rng: Rng) -> np.ndarray:
    """Mask of one to three rubbing strokes, uint8."""
    mask = np.zeros((size, size), np.uint8)
    for _ in range(int(rng.integers(1, 4))):
        a = rng.uniform(0, size, 2)
        b = a + rng.normal(0, 0.2 * size, 2)
        cv2.line(mask, a.astype(int).tolist(), b.astype(int).tolist(), (255,), max(1, int(width)))
    return mask


def _gaps(ink: np.ndarray, rng: Rng) -> np.ndarray:
    """Narrow strokes of an eraser through the lines."""
    mask = _brush(len(ink), rng.uniform(0.01, 0.045) * len(ink), rng)
    rest = (ink * rng.uniform(0.0, 0.3)).astype(np.uint8)
    return np.where(mask > 0, rest, ink)


def _smear(ink: np.ndarray, rng: Rng) -> np.ndarray:
    """Graphite rubbed over the sheet: a soft grey where a hand has passed."""
    mask = _brush(len(ink), rng.uniform(0.05, 0.15) * len(ink), rng)
    cloud = cv2.blur(cv2.blur(np.maximum(ink // 2, mask // 4), (9, 9)), (9, 9))
    grey = cv2.bitwise_and(cloud, mask)
    return np.maximum(ink, (grey * rng.uniform(0.3, 1.0)).astype(np.uint8))


def _ruled(ink: np.ndarray, rng: Rng) -> np.ndarray:
    """Faint printed lines that the normaliser left."""
    size = len(ink)
    layer = np.zeros_like(ink)
    step, tilt = rng.uniform(0.04, 0.15) * size, rng.normal(0, 1.5)
    for y in np.arange(rng.uniform(0, step), size, step):
        cv2.line(
            layer,
            (0, round(y)),
            (size, round(y + tilt)),
            (int(rng.integers(20, 90)),),
            1,
            cv2.LINE_AA,
        )
    if rng.random() < 0.4:
        layer = np.maximum(layer, layer.T)
    return np.maximum(ink, layer)


def _specks(ink: np.ndarray, rng: Rng) -> np.ndarray:
    """Dust and crumbs."""
    result, size = ink.copy(), len(ink)
    darkest = max(41, int(ink.max()))
    for x, y in rng.integers(0, size, (int(rng.integers(1, 25)), 2)):
        cv2.circle(
            result,
            (int(x), int(y)),
            int(rng.integers(0, 2)),
            (int(rng.integers(40, darkest + 1)),),
            -1,
        )
    return result


def _gradient(ink: np.ndarray, rng: Rng) -> np.ndarray:
    """Uneven light: a slope or a dark side that the normaliser did not take away."""
    corners = rng.uniform(-30, 40, (3, 3)).astype(np.float32)
    light = cv2.resize(corners, ink.shape[::-1], interpolation=cv2.INTER_CUBIC)
    share = max(int(ink.max()), 90) / 255  # the normaliser leaves less where ink is faint
    return _added(ink, np.maximum(light * share, 0))


def _blur(ink: np.ndarray, rng: Rng) -> np.ndarray:
    """A camera slightly out of focus, or a soft scan."""
    return cv2.GaussianBlur(ink, (0, 0), float(rng.uniform(0.4, 1.5)) * len(ink) / 160)


def _pixelate(ink: np.ndarray, rng: Rng) -> np.ndarray:
    """A small picture made large again."""
    small = max(16, round(len(ink) * rng.uniform(0.35, 0.9)))
    down = cv2.resize(ink, (small, small), interpolation=cv2.INTER_AREA)
    up = (cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC)[int(rng.integers(3))]
    return cv2.resize(down, ink.shape[::-1], interpolation=up)


def _added_noise(ink: np.ndarray, rng: Rng) -> np.ndarray:
    """Noise of a sensor or the fibre of the sheet."""
    strength = rng.gamma(1.5, 5.0) / 64
    return _added(ink, _noise(len(ink), bool(rng.random() < 0.4), rng) * strength)


def _jpeg(ink: np.ndarray, rng: Rng) -> np.ndarray:
    """Blocks and ringing of a compressed file."""
    _, file = cv2.imencode(".jpg", ink, (cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(12, 70))))
    return cv2.imdecode(file, cv2.IMREAD_GRAYSCALE)


def _bitmap(ink: np.ndarray, rng: Rng) -> np.ndarray:
    """Black and white only, as a fax or a fill tool leaves it."""
    level = rng.uniform(0.25, 0.6) * max(int(ink.max()), 1)
    return cv2.threshold(ink, level, 255, cv2.THRESH_BINARY)[1]


TRACES = {
    "gamma": _gamma,
    "pencil": _pencil,
    "grain": _grain,
    "gaps": _gaps,
    "smear": _smear,
    "ruled": _ruled,
    "specks": _specks,
    "gradient": _gradient,
    "blur": _blur,
    "pixelate": _pixelate,
    "noise": _added_noise,
    "jpeg": _jpeg,
    "bitmap": _bitmap,
}
