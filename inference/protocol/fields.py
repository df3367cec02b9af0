"""Plain JSON values to typed dataclasses and back; every field is checked on the way.

A field's annotation is its rule: the type, `Literal` for a choice, `Annotated[float, Between(…)]`
for a range. Numbers are finite, nothing is converted but whole numbers to floats.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from ...core.corrections.edits import Edit, edits_from_json, edits_to_json
from .requests import Between, Trim

_WORDS: dict[object, str] = {
    bool: "Give true or false",
    int: "Give a whole number",
    float: "Give a number that is finite",
    str: "Give a text",
    list: "Give a list",
    dict: "Give an object",
}


class FieldError(ValueError):
    """A field that is missing, unknown, of another type or out of range.

    Attributes:
        field: its name.
        why: what it is.
        fix: what it should be.
    """

    def __init__(self, field: str, why: str, fix: str) -> None:
        super().__init__(f'"{field}" {why}. {fix}')
        self.field = field
        self.why = f'"{field}" {why}'
        self.fix = fix


def plain(value: object) -> Any:
    """Lists, objects, numbers and texts of a dataclass."""
    if isinstance(value, Edit):
        return edits_to_json([value])[0]
    if is_dataclass(value):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, list | tuple):
        return [plain(item) for item in cast("Sequence[object]", value)]
    return value


def build(kind: type[Any], values: Mapping[str, object], *, newer: bool = False) -> Any:
    """The dataclass of plain values.

    Args:
        kind: the dataclass.
        values: by name of the field; what has a default may be left out.
        newer: unknown fields are those of a newer version, and ignored.

    Raises:
        FieldError: a field is missing, unknown, of another type, not finite or out of range.
        Sketch2PoseError: a correction makes no sense.
    """
    hints = _hints(kind)
    strange = next((name for name in values if name not in hints), None)
    if strange is not None and not newer:
        raise FieldError(strange[:80], "is unknown", f"Known are {', '.join(hints)}")
    for item in fields(kind):
        needed = item.default is MISSING and item.default_factory is MISSING
        if needed and item.name not in values:
            raise FieldError(item.name, "is missing", "Give it")
    given = {name: _read(hint, values[name], name) for name, hint in hints.items()
             if name in values}  # fmt: skip
    return _consistent(kind(**given))


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    return {item.name: hints[item.name] for item in fields(kind)}


def _consistent(value: object) -> object:
    """The value, unless its fields contradict each other."""
    if isinstance(value, Trim) and value.is_empty:
        raise FieldError("end", f"is {value.end:g}", f"Give more than the start, {value.start:g}")
    return value


def _read(hint: Any, value: object, name: str) -> Any:
    """A value as its annotation wants it."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _within(parts[1], _read(parts[0], value, name), name)
    if origin in (Union, UnionType):  # the only unions are with None
        return None if value is None else _read(parts[0], value, name)
    if origin is Literal:
        return _one_of(parts, value, name)
    if origin is tuple:
        return _row(parts, value, name)
    if is_dataclass(hint):
        return build(cast("type[Any]", hint), _typed(dict, value, name))
    return _typed(origin or hint, value, name)


def _within(rule: Between, value: Any, name: str) -> Any:
    if not rule.least <= value <= rule.most:
        raise FieldError(name, f"is {_shown(value)}", rule.sentence)
    return value


def _one_of(choices: tuple[Any, ...], value: object, name: str) -> Any:
    if isinstance(value, str) and value in choices:
        return value
    raise FieldError(name, f"is {_shown(value)}", f"Choose one of {', '.join(choices)}")


def _row(parts: tuple[Any, ...], value: object, name: str) -> tuple[Any, ...]:
    """A list: of any length where the annotation ends in `...`, else of its own."""
    if parts[0] is Edit:
        return edits_from_json(value)
    items = cast("list[object]", _typed(list, value, name))
    hints = [parts[0]] * len(items) if parts[-1] is ... else list(parts)
    if len(items) != len(hints):
        raise FieldError(name, f"has {len(items)} values", f"Give {len(hints)}")
    return tuple(_read(hint, item, name) for hint, item in zip(hints, items, strict=True))


def _typed(kind: Any, value: object, name: str) -> Any:
    if kind is float and type(value) in (int, float):
        number = _finite(cast("float", value))
        if number is not None:
            return number
    elif type(value) is kind:
        return value
    raise FieldError(name, f"is {_shown(value)}", _WORDS[kind])


def _finite(value: float) -> float | None:
    try:
        number = float(value)
    except OverflowError:  # a whole number beyond every float
        return None
    return number if math.isfinite(number) else None


def _shown(value: object) -> str:
    """A value as a sentence can hold it."""
    if isinstance(value, int) and abs(value) >= 10**20:
        return "a number of more than 20 digits"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
