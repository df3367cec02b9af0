"""The one door to the picture decoders: what they get has been looked at before.

OpenCV guesses a format by content and knows many that nobody draws in, each with code of its own
that a file can attack (JPEG 2000: CVE-2025-53644). Here only the formats that are promised pass, by
their content, and of a PNG only the chunks that make its first picture: the animation chunks of
APNG write outside of their frame in OpenCV before 4.13.

Conventions: pixels are BGR as OpenCV gives them.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.errors import Sketch2PoseError
from .gif import decode_first_frame
from .image_header import PNG_SIGNATURE, ImageHeader, png_chunks, read_image_header

MOST_FRAME_PIXELS = 64_000_000  # 8K film has 33 million
_PNG_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")


def decoded_pixels(data: bytes, header: ImageHeader, as_stored: bool = True) -> NDArray | None:
    """Pixels of a picture whose size has been found acceptable, not turned upright.

    Args:
        data: the whole file.
        header: of it.
        as_stored: with alpha and the file's depth; otherwise [H, W, 3] of 8 bits.

    Returns:
        [H, W] or [H, W, C]; None when the data are damaged or cut short.
    """
    if not header.whole:
        return None
    if header.kind == "GIF":
        pixels = decode_first_frame(data)
        return pixels if as_stored or pixels is None else np.ascontiguousarray(pixels[..., :3])
    if header.kind == "PNG":
        data = first_picture_of_png(data)
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    try:  # OpenCV turns upright only without IMREAD_UNCHANGED, which however keeps alpha
        return cv2.imdecode(
            np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED if as_stored else flags
        )
    except cv2.error:
        return None


def decoded_frame(data: bytes, name: str) -> NDArray[np.uint8] | None:
    """One picture of a numbered sequence, upright.

    Args:
        data: the whole file.
        name: of it, for the sentence.

    Returns:
        [H, W, 3] BGR; None when it is no picture of a known kind, or damaged.

    Raises:
        Sketch2PoseError: it is too large.
    """
    header = read_image_header(data)
    if header is None:
        return None
    if header.width * header.height > MOST_FRAME_PIXELS:
        size = f"{header.width} x {header.height} pixels"
        raise Sketch2PoseError(
            f'The picture "{name}" could not be read', f"it has {size}",
            f"Scale the pictures to at most {MOST_FRAME_PIXELS / 1e6:.0f} megapixels",
            "video.picture_size",
        )  # fmt: skip
    pixels = decoded_pixels(data, header, as_stored=False)
    return None if pixels is None else upright(np.asarray(pixels, np.uint8), header.orientation)


def decoded_rendering(data: bytes) -> NDArray | None:
    """A picture [H, W, C] that Blender rendered for us, with alpha; None when there is none."""
    header = read_image_header(data)
    if header is None or header.width * header.height > MOST_FRAME_PIXELS:
        return None
    return decoded_pixels(data, header)


def first_picture_of_png(data: bytes) -> bytes:
    """A PNG with nothing but what its first picture is made of."""
    kept = [PNG_SIGNATURE]
    for kind, start, length in png_chunks(data):
        if kind in _PNG_CHUNKS:
            kept.append(data[start - 8 : start + length + 4])  # length, kind, content, checksum
        if kind == b"IEND":
            break
    return b"".join(kept)


def upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Undo the EXIF orientation of pixels [H, W, ...] (EXIF 2.3, tag 274)."""
    if orientation >= 5:
        pixels = np.swapaxes(pixels, 0, 1)
    # after the transposition above, 5-8 need these mirrorings
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)
