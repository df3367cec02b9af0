"""Figures beside what is asked of them."""

from dataclasses import asdict, dataclass
from math import isnan


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        what: which figure of what.
        value: measured; NaN when it could not be measured.
        unit: "mm", "°", "%", "ms", or "" for a share or a count.
        must, aim: what closes the issue and what is wanted; None when nothing is asked.
        larger_is_better: direction of both.
        cases: how many drawings it was taken from.
    """

    what: str
    value: float
    unit: str = ""
    must: float | None = None
    aim: float | None = None
    larger_is_better: bool = False
    cases: int = 0

    @property
    def met(self) -> bool:
        """Whether what must be is so; true when nothing is asked."""
        if self.must is None:
            return True
        return self.value >= self.must if self.larger_is_better else self.value <= self.must

    def as_json(self) -> dict:
        """Plain values, None for NaN."""
        value = None if isnan(self.value) else round(float(self.value), 4)
        return {**asdict(self), "value": value, "met": self.met}


def print_table(rows: list[Row]) -> None:
    """Print the figures for a person."""
    width = max((len(row.what) for row in rows), default=0)
    for row in rows:
        asked = "" if row.must is None else f"must {row.must:g}"
        asked += "" if row.aim is None else f", aim {row.aim:g}"
        mark = "" if row.must is None else ("ok" if row.met else "MISSED")
        value = f"{row.value:9.3f} {row.unit:2}"
        print(f"{row.what:{width}} {value} n={row.cases:<4} {asked:24} {mark}")
