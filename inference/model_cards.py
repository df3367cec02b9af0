"""Cards of the models: a JSON file beside each with name, license and checksum."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ModelCard:
    """What is known of a model file.

    Attributes:
        path: the file.
        name: for people; the file name without a card.
        licence: SPDX identifier; empty without a card.
        sha256: what the card says it must be; empty without a card.
    """

    path: Path
    name: str
    licence: str
    sha256: str

    def is_intact(self) -> bool:
        """Whether the file is the one its card describes; True without a checksum."""
        if not self.sha256:
            return True
        return hashlib.sha256(self.path.read_bytes()).hexdigest() == self.sha256


def read_card(path: Path) -> ModelCard:
    """The card of a model; a missing or broken one leaves only the file name.

    Args:
        path: the model file; its card has the same stem and the suffix `.json`.

    Returns:
        The card.
    """
    try:
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        card = {}
    if not isinstance(card, dict) or card.get("file") != path.name:
        card = {}
    return ModelCard(
        path,
        str(card.get("name", path.name)),
        str(card.get("licence", "")),
        str(card.get("sha256", "")),
    )
