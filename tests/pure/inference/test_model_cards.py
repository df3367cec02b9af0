"""Model cards: licences and checksums of what is there."""

import hashlib
import json

from sketch2pose.inference.estimators import find_model, list_models
from sketch2pose.inference.model_cards import read_card
from sketch2pose.inference.training.model_card import renew_checksum


def test_a_card_tells_name_licence_and_whether_the_file_is_intact(tmp_path):
    model = tmp_path / "net.onnx"
    model.write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()
    card = {"file": "net.onnx", "name": "A net", "licence": "CC0-1.0", "sha256": digest}
    (tmp_path / "net.json").write_text(json.dumps(card))
    assert (read_card(model).name, read_card(model).licence) == ("A net", "CC0-1.0")
    assert read_card(model).is_intact()
    model.write_bytes(b"other weights")
    assert not read_card(model).is_intact()


def test_models_without_a_usable_card_are_listed_by_name(tmp_path):
    model = tmp_path / "net.onnx"
    model.write_bytes(b"weights")
    for content in (None, "not json", "[]", '{"file": "another.onnx", "licence": "MIT"}'):
        if content is not None:
            (tmp_path / "net.json").write_text(content)
        card = read_card(model)
        assert (card.name, card.licence, card.is_intact()) == ("net.onnx", "", True)


def test_every_shipped_model_has_a_card_that_describes_it():
    cards = [read_card(path) for path in list_models()]
    assert {card.path.name for card in cards} >= {"solver.npz", "sketch.onnx", "lifter.onnx"}
    assert [card.path.name for card in cards if not (card.sha256 and card.licence)] == []
    assert all(card.is_intact() for card in cards)


def test_a_card_keeps_up_with_its_file(tmp_path):
    model = tmp_path / "prior.npz"
    model.write_bytes(b"weights")
    renew_checksum(model)
    assert list(tmp_path.iterdir()) == [model]
    (tmp_path / "prior.json").write_text(json.dumps({"file": "prior.npz", "licence": "CC0-1.0"}))
    renew_checksum(model)
    card = read_card(model)
    assert (card.licence, len(card.sha256), card.is_intact()) == ("CC0-1.0", 64, True)


def test_own_models_are_preferred(tmp_path):
    shipped = list_models()[0]
    assert find_model(shipped.name) == shipped
    own = tmp_path / shipped.name
    own.write_bytes(b"mine")
    assert find_model(shipped.name, tmp_path) == own
    assert list_models(tmp_path)[-1] == own
