"""Take the screenshots of guide and gallery again: ``python docs/take_screenshots.py``.

Runs the window tests in Debian's Blender 5.2 (see tools/chroots.py), cuts their pictures to what is
spoken of, and writes docs/gallery.md. With ``--keep`` the pictures of the last run are used.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "build" / "window" / "sid"
IMAGES = ROOT / "docs" / "images"
GALLERY = ROOT / "docs" / "gallery.md"
VIEWPORT = (0, 30, 1052, 632)  # left, top, right, bottom in the 1280 x 800 window
SIDEBAR = (650, 80, 1052, 500)
WITH_STRIP = (0, 30, 1052, 716)
GALLERY_WIDTH = 720  # px


@dataclass(frozen=True)
class Guide:
    """A picture of the user guide: its name, the driver's picture and the part of the window."""

    name: str
    shot: str
    part: tuple[int, int, int, int] = VIEWPORT


@dataclass(frozen=True)
class Exhibit:
    """A picture of the gallery, what is to be seen in it, and the command that makes it, if any."""

    shot: str
    caption: str
    command: str = ""

    @property
    def file(self) -> Path:
        """Where it lies in the documentation; a photograph is smaller as JPEG."""
        return IMAGES / f"gallery_{self.shot}.{'jpg' if self.command else 'png'}"


GUIDE = (
    Guide("guide_panel", "1_panel"),
    Guide("guide_why_greyed", "2_why_greyed", SIDEBAR),
    Guide("guide_drawn", "3_drawn"),
    Guide("guide_posed", "4_posed"),
    Guide("guide_live", "live_1_follows"),
    Guide("guide_readings", "live_3_other_reading"),
    Guide("guide_library", "poses_2_found"),
    Guide("guide_browse", "poses_4_reading_hovered", WITH_STRIP),
    Guide("guide_pie", "poses_pie"),
)
HALLS = {
    "The first minute": (
        Exhibit("check_1_empty", "An empty scene offers **Try It**."),
        Exhibit("check_2_tried", "One click later: a body, a drawing and the pose, keyed."),
    ),
    "Drawing": (
        Exhibit("3_drawn", "A figure drawn with the mouse beside the rig."),
        Exhibit("4_posed", "**Pose from Drawing**: the rig stands where it was drawn."),
        Exhibit("live_1_follows", "**Live**: the rig follows every stroke, without keyframes."),
        Exhibit("live_3_other_reading", "Another alternative for the same drawing."),
    ),
    "Several drawings, several people": (
        Exhibit("frames_1_animatic", "An animatic: three drawings at three frames."),
        Exhibit("frames_2_blocking", "**Pose All 3 Drawings**: one pose each, sides kept."),
        Exhibit("frames_3_people", "Two people in one drawing: a rig for each under **People**."),
        Exhibit("frames_4_assigned", "**Apply to Rigs**: both are keyed in one step."),
    ),
    "Seeing what was understood": (
        Exhibit("check_4_ghost", "The solved body, the detected joints, feet on the ground."),
        Exhibit(
            "check_5_look_through",
            "**View Through Source Camera**: from where the figure was drawn.",
        ),
    ),
    "Video clips": (
        Exhibit(
            "clip_beside",
            "**Compare with Clip**: detected joints on the clip, the rig through the same camera, "
            "the rig from the side.",
            "blender -b scene.blend --command sketch2pose --input cam01.mp4 --rig Rig "
            '--save out.blend \\\n      --side-by-side sheet.png --sheet-frames "61,69,77,90"',
        ),
    ),
    "Choosing poses": (
        Exhibit("poses_1_library", "**Pose Library**: thumbnails of the key poses."),
        Exhibit("poses_3_taken", "A search for *hands on hips*, a click: the rig is keyed."),
        Exhibit("poses_4_reading_hovered", "**Browse Alternatives**: hovering poses the rig."),
        Exhibit("poses_pie", "The pie menu, **Shift Alt D**."),
    ),
    "Correcting": (
        Exhibit("correct_1_handles", "**Correct**: every joint has a handle."),
        Exhibit("correct_2_dragged", "A handle dragged: the rest of the pose stays."),
        Exhibit("correct_3_limb", "A stroke replaces one limb."),
    ),
}
HEADER = """# Gallery

Pictures without a command are taken in a real Blender window that is driven by mouse and keys
(tests/window), and the same runs test what they show. `python docs/take_screenshots.py` takes them
again.
"""


def main() -> int:
    """Take the pictures, cut them, write docs/images and docs/gallery.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="cut the pictures of the last run")
    if not parser.parse_args().keep:
        sys.path.insert(0, str(ROOT))
        from tools.stages import run_stages

        if run_stages(["window-5.2"], []):
            return 1
    exhibits = [item for hall in HALLS.values() for item in hall if not item.command]
    lost = [item.shot for item in GUIDE if not cut(item.shot, IMAGES / f"{item.name}.png", item)]
    lost += [item.shot for item in exhibits if not cut(item.shot, item.file)]
    GALLERY.write_text(gallery(), encoding="utf-8")
    print(GALLERY.relative_to(ROOT))
    if lost:
        print(f"missing in {PICTURES}: {', '.join(lost)}; run without --keep")
    return 1 if lost else 0


def cut(shot: str, target: Path, guide: Guide | None = None) -> bool:
    """Write a part of a driver's picture; False when the driver has left none."""
    import cv2

    source = cv2.imread(str(PICTURES / f"{shot}.png"))
    if source is None:
        return False
    left, top, right, bottom = guide.part if guide else VIEWPORT
    picture = source[top:bottom, left:right]
    if guide is None:
        height = round(picture.shape[0] * GALLERY_WIDTH / picture.shape[1])
        picture = cv2.resize(picture, (GALLERY_WIDTH, height), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(target), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    print(target.relative_to(ROOT))
    return True


def gallery() -> str:
    """The page with every exhibit of which there is a picture."""
    halls = {title: [e for e in hall if e.file.exists()] for title, hall in HALLS.items()}
    return HEADER + "".join(section(title, hall) for title, hall in halls.items() if hall)


def section(title: str, exhibits: Sequence[Exhibit]) -> str:
    """A heading and its pictures, each with its caption."""
    alone = [e.caption.replace("*", "").rstrip(".") for e in exhibits]
    parts = [
        f"{e.caption}\n\n![{text}](images/{e.file.name})"
        + (f"\n\n    {e.command}" if e.command else "")
        for e, text in zip(exhibits, alone, strict=True)
    ]
    return f"\n## {title}\n\n" + "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.exit(main())
