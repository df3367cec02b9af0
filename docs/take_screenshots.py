"""Take the user guide's screenshots again: ``python docs/take_screenshots.py``.

Runs the window tests in Debian's Blender 5.2 (see tools/chroots.py) and cuts their pictures to what
the guide speaks of. With ``--keep`` the pictures of the last run are used.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "build" / "window" / "sid"
IMAGES = ROOT / "docs" / "images"
VIEWPORT = (0, 30, 1052, 632)  # left, top, right, bottom in the 1280 x 800 window
SIDEBAR = (650, 80, 1052, 500)

# name in the guide: picture of a driver, part of the window
CUTS = {
    "guide_panel": ("1_panel", VIEWPORT),
    "guide_why_greyed": ("2_why_greyed", SIDEBAR),
    "guide_drawn": ("3_drawn", VIEWPORT),
    "guide_posed": ("4_posed", VIEWPORT),
    "guide_live": ("live_1_follows", VIEWPORT),
    "guide_readings": ("live_3_other_reading", VIEWPORT),
}


def main() -> int:
    """Take the pictures, cut them, write docs/images/guide_*.png."""
    import cv2

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="cut the pictures of the last run")
    if not parser.parse_args().keep:
        sys.path.insert(0, str(ROOT))
        from tools.stages import run_stages

        if run_stages(["window-5.2"], []):
            return 1
    for name, (picture, (left, top, right, bottom)) in CUTS.items():
        source = cv2.imread(str(PICTURES / f"{picture}.png"))
        if source is None:
            print(f"{picture}.png is missing in {PICTURES}: run without --keep")
            return 1
        target = IMAGES / f"{name}.png"
        cv2.imwrite(str(target), source[top:bottom, left:right], [cv2.IMWRITE_PNG_COMPRESSION, 9])
        print(target.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
