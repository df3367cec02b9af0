"""Words for poses: posecodes, descriptions and searches, and that left and right never mix."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2pose.core.hypotheses.pose_hypotheses import mirror
from sketch2pose.core.kinematics import posed_joints
from sketch2pose.rigs import RigError
from sketch2pose.rigs.poses.describe import describe
from sketch2pose.rigs.poses.lexicon import phrase_table, plain_words
from sketch2pose.rigs.poses.library import load_library
from sketch2pose.rigs.poses.posecode import SIDES, other
from sketch2pose.rigs.poses.posecodes import WORDS_FILE, degrees_of, posecodes
from sketch2pose.rigs.poses.posture import posture_of
from sketch2pose.rigs.poses.search import PoseIndex
from tools import pose_words

CODES = posecodes()
LIBRARY = load_library()
INDEX = PoseIndex(LIBRARY)
SIDES_SWAPPED = [
    0,
    2,
    1,
    3,
    5,
    4,
    6,
    8,
    7,
    9,
    11,
    10,
    12,
    14,
    13,
    15,
    17,
    16,
    19,
    18,
    21,
    20,
    23,
    22,
]
# The body's two sides differ by a hair; what is tested here must not.
OFFSETS = (LIBRARY.offsets + LIBRARY.offsets[SIDES_SWAPPED] * [-1, 1, 1]) / 2


def joints_of(pose: np.ndarray) -> np.ndarray:
    return posed_joints(pose, OFFSETS, np.zeros(3))


def swapped(text: str) -> str:
    return re.sub(r"\b(left|right)\b", lambda found: other(found.group()), text)


@st.composite
def poses(draw) -> np.ndarray:
    """A key pose, every joint turned a little further."""
    pose = LIBRARY.poses[draw(st.integers(0, len(LIBRARY.poses) - 1))].pose
    seed = draw(st.integers(0, 2**16))
    return pose + draw(st.floats(0, 0.3)) * np.random.default_rng(seed).normal(size=72)


@settings(max_examples=8)
@given(poses())
def test_a_mirrored_pose_swaps_left_and_right_of_every_code(pose):
    seen, mirrored = (degrees_of(posture_of(joints_of(p))) for p in (pose, mirror(pose)))
    for code in CODES:
        for side in code.sides:
            counterpart = other(side) if side in SIDES else side
            assert np.allclose(seen[code.key, side], mirrored[code.key, counterpart], atol=1e-6), (
                code.key
            )


@settings(max_examples=8)
@given(poses())
def test_a_mirrored_pose_swaps_left_and_right_in_its_description(pose):
    said = set(describe(joints_of(pose)).lower().split(", "))
    said_mirrored = set(describe(joints_of(mirror(pose))).lower().split(", "))
    assert {swapped(phrase) for phrase in said} == said_mirrored


@settings(max_examples=8)
@given(poses(), st.floats(-3, 3), st.floats(0.2, 50))
def test_words_do_not_depend_on_heading_place_and_size(pose, heading, size):
    joints = joints_of(pose)
    turn = np.array(
        [[np.cos(heading), 0, np.sin(heading)], [0, 1, 0], [-np.sin(heading), 0, np.cos(heading)]]
    )
    moved = size * joints @ turn.T + [3.0, -2.0, 5.0]
    here, there = degrees_of(posture_of(joints)), degrees_of(posture_of(moved))
    for place in here:
        assert np.allclose(here[place], there[place], atol=1e-4), place


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("chair upright", "Sitting, "),
        ("hands on hips", "Standing, both hands on the hips"),
        ("arms folded", "Standing, arms crossed"),
        ("head in hands", "Sitting, "),
        ("passe", "Standing on the "),
        ("warrior one", "Lunging with the "),
    ],
)
def test_descriptions_begin_with_how_the_body_is_carried(name, line):
    assert describe(LIBRARY.named(name).joints).startswith(line)


def test_every_key_pose_can_be_described_shortly():
    for pose in LIBRARY.poses[::7]:
        line = describe(pose.joints)
        assert 0 < len(line) < 130, (pose.name, line)
        assert line.count(",") <= 4


@pytest.mark.parametrize("joints", [np.zeros((24, 3)), np.zeros((23, 3)), np.full((24, 3), np.nan)])
def test_impossible_joints_are_one_sentence(joints):
    with pytest.raises(RigError, match="The pose cannot be described"):
        describe(joints)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("sitting, left hand on head", {"chair arms behind head", "head in hands"}),
        ("hands on hips", {"hands on hips", "hero stance"}),
        ("Kneeling on the right knee", {"proposal", "taking photograph", "kneeling archer"}),
        ("warrior two", {"warrior two"}),
        ("folded arms", {"arms folded"}),
        ("lying on the left side", {"lying curled on the side", "lying on the side", "fetal"}),
        ("handst", {"handstand", "handstand split", "handstand stag", "one arm handstand"}),
    ],
)
def test_searches_find_what_they_say(text, first):
    found = INDEX.search(text)
    assert not found.unknown
    assert not found.partial
    assert LIBRARY.poses[found.rows[0]].name in first
    assert list(found.scores) == sorted(found.scores, reverse=True)


@given(st.sampled_from([code for code in CODES if code.rule.sided]), st.integers(0, 3))
def test_a_side_in_a_search_asks_for_that_side(code, which):
    phrase = code.words[which % len(code.words)]
    for side in SIDES:
        wishes, unknown = INDEX.wishes_of(f"{side} {phrase}")
        assert not unknown
        assert any(code.key in wish.keys and wish.side == side for wish in wishes), wishes


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.key)
def test_what_a_description_says_can_be_searched(code):
    said = [code.says.format(side=side) for side in code.sides] + ([code.both] if code.both else [])
    for text in said:
        wishes, unknown = INDEX.wishes_of(text)
        assert not unknown, unknown
        assert wishes, text


def test_both_sides_must_fit_when_a_plural_is_meant():
    both = {LIBRARY.poses[row].name for row in INDEX.search("hands above head").rows}
    either = {LIBRARY.poses[row].name for row in INDEX.search("hand above head").rows}
    assert both < either


def test_a_negated_wish_keeps_such_poses_away():
    found = INDEX.search("hands together, not standing")
    assert found.rows
    assert not any("standing" in LIBRARY.poses[row].tags for row in found.rows)


def test_unknown_words_are_said_with_the_nearest_known_one():
    found = INDEX.search("sitting flibber balet")
    assert found.unknown == (("flibber", "climber"), ("balet", "ballet"))
    assert found.rows  # of what was understood
    assert INDEX.search("flibber").rows == ()


def test_an_empty_search_offers_everything():
    assert INDEX.search("  ").rows == tuple(range(len(LIBRARY.poses)))


def test_what_cannot_be_had_at_once_gives_what_fits_in_part():
    found = INDEX.search("upside down, sitting on chair, hands on hips")
    assert found.partial
    assert 0 < len(found.rows) <= 12


@given(st.text(max_size=40))
def test_no_search_raises(text):
    INDEX.search(text)


def test_words_and_rules_belong_together():
    assert set(json.loads(WORDS_FILE.read_text("utf-8"))) == {code.key for code in CODES}


def test_every_phrase_has_words_of_weight():
    assert () not in phrase_table()
    assert plain_words("The left hand is on her hips") == ("hand", "on", "hip")


def test_the_page_of_posecodes_is_what_the_command_writes():
    assert pose_words.PAGE.read_text("utf-8") == pose_words.page()
