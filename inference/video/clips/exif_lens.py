"""The lens a photo was taken with, from its EXIF data (EXIF 2.3, JPEG and PNG).

A focal length "in 35 mm film" is equal in the picture's diagonal (CIPA DCG-001); here lenses are
millimeters on full frame whose longer side is 36 mm, whatever the picture's aspect.
"""

import struct

FULL_FRAME, FILM_DIAGONAL = 36.0, 43.267  # mm
_EXIF_DIRECTORY, _FOCAL_35MM = 0x8769, 0xA405
_FOCAL, _PLANE_RESOLUTION, _PLANE_UNIT = 0x920A, 0xA20E, 0xA210
_UNIT_MM = {2: 25.4, 3: 10.0, 4: 1.0}
_FORMS = {3: "H", 4: "I"}
_RATIONAL = 5
_SEARCHED = 1 << 18  # bytes; EXIF stands at the beginning
_SHORTEST, _LONGEST = 5.0, 2000.0  # mm


def lens_of_photo(data: bytes, size: tuple[int, int]) -> float | None:
    """Focal length of a photo.

    Args:
        data: the file, or its beginning.
        size: width and height in px.

    Returns:
        Millimetres on full frame (36 mm = longer side); None when the file does not say.
    """
    for marker in (b"Exif\x00\x00", b"eXIf"):
        start = data.find(marker, 0, _SEARCHED)
        if start >= 0:
            try:
                lens = _lens(data[start + len(marker) : start + len(marker) + 65536], size)
            except (struct.error, IndexError, ZeroDivisionError):
                return None
            return lens if lens is not None and _SHORTEST <= lens <= _LONGEST else None
    return None


def _lens(tiff: bytes, size: tuple[int, int]) -> float | None:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return None
    main = _directory(tiff, struct.unpack_from(order + "I", tiff, 4)[0], order)
    if _EXIF_DIRECTORY not in main:
        return None
    tags = _directory(tiff, int(main[_EXIF_DIRECTORY]), order)
    longer, diagonal = max(size), float(size[0] ** 2 + size[1] ** 2) ** 0.5
    if tags.get(_FOCAL_35MM):
        return tags[_FOCAL_35MM] * (diagonal / longer) * FULL_FRAME / FILM_DIAGONAL
    if tags.get(_FOCAL) and tags.get(_PLANE_RESOLUTION):
        unit = _UNIT_MM.get(int(tags.get(_PLANE_UNIT, 2)), 25.4)
        sensor = longer / tags[_PLANE_RESOLUTION] * unit
        return tags[_FOCAL] * FULL_FRAME / sensor
    return None


def _directory(tiff: bytes, start: int, order: str) -> dict[int, float]:
    """Tag → first value (SHORT, LONG and RATIONAL tags)."""
    tags: dict[int, float] = {}
    count = struct.unpack_from(order + "H", tiff, start)[0]
    for entry in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind = struct.unpack_from(order + "HH", tiff, entry)
        if kind in _FORMS:
            tags[tag] = struct.unpack_from(order + _FORMS[kind], tiff, entry + 8)[0]
        elif kind == _RATIONAL:
            place = struct.unpack_from(order + "I", tiff, entry + 8)[0]
            above, below = struct.unpack_from(order + "II", tiff, place)
            tags[tag] = above / below if below else 0.0
    return tags
