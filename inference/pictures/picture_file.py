"""Picture files to pixels: refused early when they are too large, turned upright, 8 bits.

Conventions: [H, W, 3] uint8 RGB; 255 white = paper. Color profiles are not applied.
"""

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import ByteArray
from ...core.errors import Sketch2PoseError
from .decoding import decoded_pixels, upright
from .image_header import ImageHeader, read_image_header

MOST_PIXELS = 32_000_000
SMALLEST_SIDE = 16  # px; no figure can be read from fewer
FAINTEST_INK = 32  # gray levels between ink and paper before a picture counts as blank

# what people pick by mistake, so that the sentence can name it
_OTHER_KINDS = (
    (b"%PDF", "a PDF document"),
    (b"8BPS", "a Photoshop document"),
    (b"gimp xcf", "a GIMP document"),
    (b"BLENDER", "a Blender file"),
    (b"PK\x03\x04", "a zip archive or a document of a drawing program"),
    (b"\x1a\x45\xdf\xa3", "a video"),
    (b"\x00\x00\x01\x00", "an icon"),
)
_ISO_MEDIA = {b"heic": "a HEIC photo", b"mif1": "a HEIC photo", b"avif": "an AVIF image"}


@dataclass(frozen=True)
class DecodedPicture:
    """Upright pixels [H, W, 3] uint8 RGB on white paper, and warnings about the file."""

    rgb: ByteArray
    warnings: tuple[str, ...]


def refused(name: str, why: str, fix: str, code: str) -> Sketch2PoseError:
    """The error for a drawing that cannot be used."""
    return Sketch2PoseError(f'The drawing "{name}" could not be opened', why, fix, code)


def decode_picture(data: bytes, name: str) -> DecodedPicture:
    """Decode a PNG, JPEG, WebP, BMP, TIFF or GIF file; the kind is read from its content.

    Args:
        data: the whole file.
        name: file name for sentences.

    Returns:
        The picture; of an animation the first frame, with a warning.

    Raises:
        Sketch2PoseError: no image, too large (before decoding), too small, or damaged.
    """
    header = read_image_header(data)
    if header is None:
        raise refused(name, _what_else(data), "Choose a PNG, JPEG, WebP, BMP, TIFF, GIF, SVG or "
                      "stroke file", "page.not_image")  # fmt: skip
    check_size(header.width, header.height, name)
    pixels = decoded_pixels(data, header)
    if pixels is None:
        raise refused(
            name,
            f"its {header.kind} data is damaged or cut short",
            "Save it again",
            "page.damaged",
        )
    bgra = upright(_eight_bits(pixels), header.orientation)
    return DecodedPicture(_on_paper(bgra), tuple(_warnings(data, header, name)))


def check_size(width: float, height: float, name: str) -> None:
    """Refuse a picture that is too large or too small.

    Args:
        width: px.
        height: px.
        name: file name for the sentence.

    Raises:
        Sketch2PoseError: code "page.too_large" or "page.too_small".
    """
    if width * height > MOST_PIXELS:
        why = f"it has {width * height / 1e6:.0f} megapixels, more than {MOST_PIXELS / 1e6:.0f}"
        raise refused(name, why, "Scale it down; 2000 pixels per side are enough", "page.too_large")
    if min(width, height) < SMALLEST_SIDE:
        why = f"it has only {width:g} x {height:g} pixels"
        raise refused(name, why, "Choose a larger picture", "page.too_small")


def _what_else(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        return f"it is {_ISO_MEDIA.get(data[8:12], 'a video')}, not a supported image"
    for signature, kind in _OTHER_KINDS:
        if data.startswith(signature):
            return f"it is {kind}, not an image"
    return "it is not an image despite its name"


def _eight_bits(pixels: NDArray) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint16:
        return (pixels >> 8).astype(np.uint8)
    if pixels.dtype.kind == "f":
        return (np.clip(np.nan_to_num(pixels, nan=1.0), 0.0, 1.0) * 255).round().astype(np.uint8)
    return pixels.astype(np.uint8, copy=False)


def _on_paper(pixels: NDArray[np.uint8]) -> ByteArray:
    """RGB on white; white ink on a transparent page becomes black ink."""
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        return np.repeat(pixels.reshape(*pixels.shape[:2], 1), 3, axis=2)
    if pixels.shape[2] == 2:
        gray, alpha = pixels[..., 0], pixels[..., 1]
        pixels = np.dstack([gray, gray, gray, alpha])
    if pixels.shape[2] == 3:
        return np.ascontiguousarray(pixels[..., ::-1])
    alpha = pixels[..., 3:].astype(np.uint16)
    rgb = pixels[..., 2::-1].astype(np.uint16)
    paper = ((rgb * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
    if paper.min() > 255 - FAINTEST_INK and alpha.min() < 255 - FAINTEST_INK < alpha.max():
        paper = np.repeat((255 - alpha).astype(np.uint8), 3, axis=2)
    return paper


def _warnings(data: bytes, header: ImageHeader, name: str) -> list[str]:
    warnings = []
    if header.animated:
        warnings.append(f'"{name}" is an animation; only its first frame is used.')
    ends = {"PNG": b"IEND", "JPEG": b"\xff\xd9"}
    if header.kind in ends and ends[header.kind] not in data[-65536:]:
        warnings.append(f'"{name}" ends early; its lower part may be missing.')
    return warnings


def read_file(path: str | os.PathLike[str], name: str, limit: int) -> bytes:
    """Content of a file of at most `limit` bytes.

    Args:
        path: the file.
        name: its name for the sentence.
        limit: bytes.

    Returns:
        The content, never empty.

    Raises:
        Sketch2PoseError: missing, a folder, unreadable, empty or too large.
    """
    try:
        with open(path, "rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        why = (error.strerror or "the system refused it").lower()
        fix = "Check that the file is there and that you may read it"
        raise refused(name, why, fix, "page.unreadable") from error
    if not data:
        raise refused(name, "the file is empty (0 bytes)", "Save the drawing again", "page.empty")
    if len(data) > limit:
        why = f"the file is larger than {limit >> 20} MiB"
        raise refused(name, why, "Save it smaller", "page.too_large")
    return data
