"""First frame of a GIF, because OpenCV's wheels are built without a GIF reader.

Follows the GIF89a specification (CompuServe 1990).
"""

import struct

import numpy as np
from numpy.typing import NDArray

_INTERLACE_PASSES = ((0, 8), (4, 8), (2, 4), (1, 2))
_LARGEST_TABLE = 4096
_MOST_PIXELS = 32_000_000  # of the first image, which may claim to be larger than its canvas
_CODE_SIZES = range(1, 9)


def decode_first_frame(data: bytes) -> NDArray[np.uint8] | None:
    """Decode the first image of a GIF on its canvas.

    Args:
        data: the whole file, whose size has been checked.

    Returns:
        [H, W, 4] uint8 BGRA, transparent where nothing is drawn; None when damaged.
    """
    try:
        return _decode(data)
    except (struct.error, IndexError, ValueError):
        return None


def _decode(data: bytes) -> NDArray[np.uint8] | None:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    palette, position = _palette(data, 13, flags)
    transparent = None
    while data[position] != 0x2C:
        if data[position] != 0x21:
            return None
        if data[position + 1] == 0xF9 and data[position + 3] & 1:
            transparent = data[position + 6]
        _, position = _sub_blocks(data, position + 2)
    left, top, w, h, flags = struct.unpack_from("<HHHHB", data, position + 1)
    if not 0 < w * h <= _MOST_PIXELS:
        return None
    local, position = _palette(data, position + 10, flags)
    if data[position] not in _CODE_SIZES:
        return None
    blocks, _ = _sub_blocks(data, position + 1)
    indices = _lzw_decode(blocks, data[position], w * h)
    frame = _deinterlaced(indices.reshape(h, w), bool(flags & 0x40))
    return _composed(
        frame, palette if local is None else local, transparent, (left, top), (width, height)
    )


def _palette(data: bytes, position: int, flags: int) -> tuple[NDArray[np.uint8] | None, int]:
    if not flags & 0x80:
        return None, position
    size = 2 << (flags & 7)
    colors = np.frombuffer(data, np.uint8, 3 * size, position).reshape(size, 3)
    return colors, position + 3 * size


def _sub_blocks(data: bytes, position: int) -> tuple[bytes, int]:
    parts = []
    while data[position]:
        parts.append(data[position + 1 : position + 1 + data[position]])
        position += data[position] + 1
    return b"".join(parts), position + 1


def _lzw_decode(data: bytes, code_size: int, wanted: int) -> NDArray[np.uint8]:
    """Palette indices; a stream that ends early leaves zeros."""
    clear, stop = 1 << code_size, (1 << code_size) + 1
    fresh = [bytes([value]) for value in range(clear)] + [b"", b""]
    table, bits, previous = list(fresh), code_size + 1, b""
    out = bytearray()
    buffer = available = 0
    for byte in data:
        buffer |= byte << available
        available += 8
        while available >= bits and len(out) < wanted:
            code, buffer, available = buffer & ((1 << bits) - 1), buffer >> bits, available - bits
            if code == clear:
                table, bits, previous = list(fresh), code_size + 1, b""
                continue
            if code == stop:
                return _padded(out, wanted)
            entry = table[code] if code < len(table) else previous + previous[:1]
            out += entry
            if previous and len(table) < _LARGEST_TABLE:
                table.append(previous + entry[:1])
                bits += len(table) == 1 << bits and bits < 12
            previous = entry
    return _padded(out, wanted)


def _padded(out: bytearray, wanted: int) -> NDArray[np.uint8]:
    indices = np.zeros(wanted, np.uint8)
    indices[: len(out)] = np.frombuffer(bytes(out[:wanted]), np.uint8)
    return indices


def _deinterlaced(stored: NDArray[np.uint8], interlaced: bool) -> NDArray[np.uint8]:
    if not interlaced:
        return stored
    rows = [row for start, step in _INTERLACE_PASSES for row in range(start, len(stored), step)]
    frame = np.empty_like(stored)
    frame[rows] = stored
    return frame


def _composed(
    frame: NDArray[np.uint8],
    palette: NDArray[np.uint8] | None,
    transparent: int | None,
    corner: tuple[int, int],
    size: tuple[int, int],
) -> NDArray[np.uint8] | None:
    if palette is None:
        return None
    canvas = np.zeros((size[1], size[0], 4), np.uint8)
    area = canvas[corner[1] : corner[1] + len(frame), corner[0] : corner[0] + frame.shape[1]]
    frame = frame[: area.shape[0], : area.shape[1]]
    area[..., :3] = palette[np.minimum(frame, len(palette) - 1)][..., ::-1]
    area[..., 3] = 255 if transparent is None else (frame != transparent) * np.uint8(255)
    return canvas
