"""build.py's command line, the choice of stages, environments and the release checks."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tools import chroots, environments, places, release_check, stages
from tools.places import BuildError


def build(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "build.py", *arguments]
    return subprocess.run(command, cwd=places.ROOT, capture_output=True, text=True, timeout=60)


def test_help_names_every_command():
    text = build("--help").stdout
    assert all(
        name in text for name in ("demo", "test", "build", "docs", "check", "bench", "setup")
    )


def test_a_wrong_drawing_is_one_sentence_and_status_one():
    done = build("demo", "no such drawing.png")
    assert done.returncode == 1
    assert done.stderr.startswith("build.py: There is no drawing no such drawing.png")
    assert "Traceback" not in done.stderr


def test_stages_are_chosen_by_the_beginning_of_their_name(monkeypatch, capsys):
    ran = []
    chosen = [stages.Stage(n, n, lambda n=n: ran.append(n) or 0) for n in ("a-1", "a-2", "b")]
    monkeypatch.setattr(stages, "all_stages", lambda: chosen)
    assert stages.run_stages(["a"], ["a-2"]) == 0
    assert ran == ["a-1"]
    assert "1 passed, 0 failed, 0 skipped" in capsys.readouterr().out


def test_a_failed_stage_does_not_hide_those_after_it(monkeypatch, capsys):
    def cannot() -> int:
        raise stages.Skipped("no window here")

    chosen = [
        stages.Stage("breaks", "", lambda: 3),
        stages.Stage("cannot", "", cannot),
        stages.Stage("works", "", lambda: 0),
    ]
    monkeypatch.setattr(stages, "all_stages", lambda: chosen)
    assert stages.run_stages([], []) == 1
    printed = capsys.readouterr().out
    assert "skipped: cannot: no window here" in printed
    assert "1 passed, 1 failed, 1 skipped" in printed


@pytest.mark.parametrize("stage", ["agreement", "docs"])
def test_a_stage_whose_packages_cannot_be_had_says_so(stage, monkeypatch, capsys):
    def cannot(name: str) -> None:
        raise BuildError(f"requirements/{name}.txt cannot be had")

    monkeypatch.setattr(environments, "ensure_apart", cannot)
    assert stages.run_stages([stage], []) == 0
    printed = capsys.readouterr().out
    assert f"skipped: {stage}: " in printed
    assert f"requirements/{stage}.txt cannot be had" in printed


def test_unknown_stage_is_refused_with_the_known_ones():
    with pytest.raises(BuildError, match="lint, architecture, pure"):
        stages.run_stages(["nonsense"], [])


def test_an_environment_is_renewed_when_its_pins_change(tmp_path, monkeypatch):
    monkeypatch.setattr(environments, "REQUIREMENTS", tmp_path)
    (tmp_path / "inner.txt").write_text("a==1\n")
    (tmp_path / "outer.txt").write_text("-r inner.txt\n")
    before = environments._stamp(tmp_path, "outer")
    (tmp_path / "inner.txt").write_text("a==2\n")
    assert environments._stamp(tmp_path, "outer") != before


@pytest.mark.parametrize("name", sorted(p.name for p in places.REQUIREMENTS.glob("*.txt")))
def test_every_requirement_is_pinned(name):
    lines = (places.REQUIREMENTS / name).read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith(("#", "-r "))]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][\w.]*", line) for line in wanted), wanted


def test_torch_is_in_no_requirements_of_the_product():
    holders = [
        path.name
        for path in places.REQUIREMENTS.glob("*.txt")
        if re.search(r"^torch\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert sorted(holders) == ["agreement.txt", "training.txt"]


def test_chroot_commands_need_no_quoting(tmp_path):
    suite = chroots.Suite("trixie", "4.3")
    command = chroots.entered(suite, ["echo", "a b; $(c)"])
    assert command[-2:] == ["echo", "a b; $(c)"]
    assert command[0] == "unshare"


def test_broken_links_are_named(tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    page.write_text("[here](page.md) [gone](missing.md#part) [far](https://example.org/x)")
    monkeypatch.setattr(release_check, "tracked", lambda *_: [page])
    (complaint,) = release_check.links_lead_somewhere()
    assert "missing.md" in complaint


def test_weights_without_a_card_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(release_check, "WEIGHTS", tmp_path)
    (tmp_path / "net.onnx").write_bytes(b"net")
    assert "no model card" in next(release_check.weights_have_cards())
    digest = release_check.sha256_of(tmp_path / "net.onnx")
    (tmp_path / "net.md").write_text(f"sha256 {digest}, licence CC0-1.0")
    assert list(release_check.weights_have_cards()) == []
    (tmp_path / "net.onnx").write_bytes(b"another net")
    assert "does not hold the sha256" in next(release_check.weights_have_cards())


def test_private_paths_are_found(tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    page.write_text("see /home/" + "somebody/notes")
    monkeypatch.setattr(release_check, "tracked", lambda *_: [page])
    assert len(list(release_check.nothing_private())) == 1
