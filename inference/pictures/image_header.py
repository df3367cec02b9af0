"""What an image file says about itself before it is decoded.

The kind comes from the first bytes, never from the file name; the size is checked before
any pixel is unpacked, so that a hostile or enormous file costs nothing. Formats: PNG and
its eXIf chunk (W3C PNG 3), JPEG (ITU T.81), GIF89a, BMP, WebP (RFC 9649), TIFF 6.0 / EXIF.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
UPRIGHT = 1  # EXIF orientation of an image that is stored as it is seen
_TIFF_WIDTH, _TIFF_HEIGHT, _TIFF_ORIENTATION = 256, 257, 274
_TIFF_SHORT = 3


@dataclass(frozen=True)
class ImageHeader:
    """What a file says about its image.

    Attributes:
        kind: name of the format.
        width: stored, px.
        height: stored, px.
        orientation: of EXIF, 1-8.
        animated: whether there are more frames than one.
        whole: False when a part claims to be longer than the file. Decoders allocate what is
            claimed, so such a file must not reach one.
    """

    kind: str
    width: int
    height: int
    orientation: int = UPRIGHT
    animated: bool = False
    whole: bool = True


def read_image_header(data: bytes) -> ImageHeader | None:
    """Header of an image file.

    Args:
        data: the whole file.

    Returns:
        The header, or None when the file is no image of a known kind or its header is cut off.
    """
    for signature, parse in (
        (PNG_SIGNATURE, _png),
        (b"\xff\xd8\xff", _jpeg),
        (b"GIF8", _gif),
        (b"BM", _bmp),
        (b"RIFF", _webp),
        (b"II*\x00", _tiff),
        (b"MM\x00*", _tiff),
    ):
        if data.startswith(signature):
            try:
                return parse(data)
            except (struct.error, IndexError):
                return None
    return None


def _png(data: bytes) -> ImageHeader | None:
    if data[12:16] != b"IHDR":
        return None
    width, height = struct.unpack_from(">II", data, 16)
    orientation, animated, whole = UPRIGHT, False, True
    for kind, start, length in png_chunks(data):
        whole &= start + length <= len(data)
        if kind == b"eXIf":
            orientation = _exif_orientation(data[start : start + length])
        animated |= kind == b"acTL"
    return ImageHeader("PNG", width, height, orientation, animated, whole)


def png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start of the content and claimed length of each chunk of a PNG."""
    position = 8
    while position + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        yield kind, position + 8, length
        position += length + 12


def _jpeg(data: bytes) -> ImageHeader | None:
    orientation = UPRIGHT
    position = 2
    while True:
        while data[position] == 0xFF and data[position + 1] == 0xFF:
            position += 1  # fill bytes are allowed before a marker
        marker, length = struct.unpack_from(">HH", data, position)
        if marker == 0xFFE1 and data[position + 4 : position + 10] == b"Exif\x00\x00":
            orientation = _exif_orientation(data[position + 10 : position + 2 + length])
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            height, width = struct.unpack_from(">HH", data, position + 5)
            return ImageHeader("JPEG", width, height, orientation)
        if marker in (0xFFD9, 0xFFDA) or marker < 0xFF00:
            return None
        position += 2 + length


def _gif(data: bytes) -> ImageHeader:
    width, height = struct.unpack_from("<HH", data, 6)
    return ImageHeader("GIF", width, height, animated=_gif_frame_count(data) > 1)


def _gif_frame_count(data: bytes) -> int:
    """Number of image blocks, counted up to the second (that settles it)."""
    position = 13 + _gif_palette_bytes(data[10])
    count = 0
    while count < 2 and position < len(data):
        if data[position] == 0x21:  # extension: label, then sub-blocks
            position += 2
        elif data[position] == 0x2C:  # image: descriptor, palette, code size, then sub-blocks
            count += 1
            position += 11 + _gif_palette_bytes(data[position + 9])
        else:
            break
        while position < len(data) and data[position]:
            position += data[position] + 1
        position += 1
    return count


def _gif_palette_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _bmp(data: bytes) -> ImageHeader:
    if struct.unpack_from("<I", data, 14)[0] == 12:  # OS/2 header with 16-bit sizes
        width, height = struct.unpack_from("<HH", data, 18)
    else:
        width, height = struct.unpack_from("<ii", data, 18)
    return ImageHeader("BMP", abs(width), abs(height))


def _webp(data: bytes) -> ImageHeader | None:
    if data[8:12] != b"WEBP":
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        flags = data[20]
        width = 1 + int.from_bytes(data[24:27], "little")
        height = 1 + int.from_bytes(data[27:30], "little")
        return ImageHeader("WebP", width, height, _webp_orientation(data), bool(flags & 2))
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        return ImageHeader("WebP", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    width, height = struct.unpack_from("<HH", data, 26)
    return ImageHeader("WebP", width & 0x3FFF, height & 0x3FFF)


def _webp_orientation(data: bytes) -> int:
    position = 12
    while position + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, position)
        if kind == b"EXIF":
            return _exif_orientation(data[position + 8 : position + 8 + length])
        position += 8 + length + (length & 1)
    return UPRIGHT


def _tiff(data: bytes) -> ImageHeader | None:
    tags = _tiff_tags(data)
    if _TIFF_WIDTH not in tags or _TIFF_HEIGHT not in tags:
        return None
    return ImageHeader("TIFF", tags[_TIFF_WIDTH], tags[_TIFF_HEIGHT])  # the decoder turns it


def _exif_orientation(exif: bytes) -> int:
    exif = exif.removeprefix(b"Exif\x00\x00")  # some writers repeat the JPEG marker
    try:
        value = _tiff_tags(exif).get(_TIFF_ORIENTATION, UPRIGHT)
    except (struct.error, IndexError):
        return UPRIGHT
    return value if 1 <= value <= 8 else UPRIGHT


def _tiff_tags(data: bytes) -> dict[int, int]:
    """Tag → first value of the first directory (SHORT and LONG tags)."""
    order = "<" if data[:2] == b"II" else ">"
    start = struct.unpack_from(order + "I", data, 4)[0]
    count = struct.unpack_from(order + "H", data, start)[0]
    tags = {}
    for entry in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind = struct.unpack_from(order + "HH", data, entry)
        form = "H" if kind == _TIFF_SHORT else "I"
        value = struct.unpack_from(order + form, data, entry + 8)[0]
        tags.setdefault(tag, value)  # as the decoder does, which ignores a second one
    return tags
