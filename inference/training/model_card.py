"""Cards of trained files keep up with the files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path


def renew_checksum(weights: Path) -> None:
    """Write the checksum of ``weights`` into the card beside it; without a card nothing happens.

    Args:
        weights: a file of weights; its card has the same stem and the suffix ``.json``.
    """
    path = weights.with_suffix(".json")
    if not path.exists():
        return
    card = json.loads(path.read_text(encoding="utf-8"))
    card["sha256"] = hashlib.sha256(weights.read_bytes()).hexdigest()
    text = json.dumps(card, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
