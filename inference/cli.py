"""Arguments of `python -m inference`; what the commands do is in `commands/`.

Exit codes: 0 all inputs gave a result, 3 some had none (each named with why), 2 unusable
arguments, 130 interrupted.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from ..core.errors import Sketch2PoseError
from .commands.skel import SKEL_TEXT, add_skel, convert_skel
from .commands.terms import INTERRUPTED, UNUSABLE
from .devices import DEVICE_NAMES
from .version import read_version

Command = Callable[[argparse.Namespace], int]


def run(arguments: list[str]) -> int:
    """Parse the arguments and run the command.

    Args:
        arguments: without the program's name.

    Returns:
        The exit code.
    """
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as stop:  # argparse has said why
        return stop.code if isinstance(stop.code, int) else UNUSABLE
    try:
        return options.command(options)
    except Sketch2PoseError as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m inference",
        description="Drawings, photos and clips to poses of an SMPL body.",
    )
    parser.add_argument("--version", action="version", version=read_version())
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_sketch(commands)
    _add_image(commands)
    _add_video(commands)
    _add_convert(commands)
    add_skel(_add_command(commands, "skel", SKEL_TEXT, convert_skel))
    _add_info(commands)
    _add_serve(commands)
    return parser


def _add_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    text: str,
    command: Command,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(command=command)
    common = parser.add_argument_group("where it runs")
    common.add_argument("--device", choices=DEVICE_NAMES, default="auto", type=str.lower)
    common.add_argument("--threads", type=_thread_count, default=0, help="0: as many as fit")
    common.add_argument("--models", type=Path, metavar="DIR", help="your own models")
    common.add_argument("--site", action="append", metavar="DIR", help="folder with libraries")
    return parser  # fmt: skip


def _thread_count(text: str) -> int:
    count = int(text)
    if count < 0:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return count


def _add_sketch(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    def command(options: argparse.Namespace) -> int:
        from .commands.estimate import estimate_sketches

        return estimate_sketches(options)

    parser = _add_command(commands, "sketch", "Estimate the poses of drawn figures.", command)
    parser.add_argument("inputs", nargs="+", metavar="IMAGE", help="PNG, JPEG, SVG, strokes, …")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each input")


def _add_image(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    def command(options: argparse.Namespace) -> int:
        from .commands.estimate import estimate_photos

        return estimate_photos(options)

    text = "Estimate the poses of the people in photos."
    parser = _add_command(commands, "image", text, command)
    parser.add_argument("inputs", nargs="+", metavar="IMAGE", help="PNG, JPEG, WebP, …")
    _add_picture_options(parser)


def _add_video(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    def command(options: argparse.Namespace) -> int:
        from .commands.estimate import estimate_clips

        return estimate_clips(options)

    text = "Estimate the motion of every person in clips."
    parser = _add_command(commands, "video", text, command)
    parser.add_argument("inputs", nargs="+", metavar="CLIP", help="MP4, image-%%04d.png, JSON, …")
    parser.add_argument("--start", type=float, metavar="S", help="first second to process")
    parser.add_argument("--end", type=float, metavar="S", help="last second to process")
    parser.add_argument("--step", type=int, metavar="N", help="process every Nth frame")
    parser.add_argument("--overlay", action="store_true", help="also write the clip with skeletons")
    parser.add_argument(
        "--framerate", type=float, metavar="F", help="of numbered images and keypoints; 24"
    )
    parser.add_argument(
        "--size", metavar="WxH", help="of the clip in which keypoints were detected"
    )
    parser.add_argument(
        "--cache", type=Path, metavar="DIR", help="store the detections for next time"
    )
    parser.add_argument(
        "--camera", type=Path, metavar="FILE", help="how the camera moved; see docs/video.md"
    )
    _add_picture_options(parser)


def _add_picture_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lens", type=float, metavar="MM", help="focal length on full frame")
    parser.add_argument("--quality", choices=("lite", "full", "heavy"), help="network; full")
    parser.add_argument("--hands", action="store_const", const=True, help="also estimate fingers")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each input")


def _add_convert(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    def command(options: argparse.Namespace) -> int:
        from .commands.convert import convert

        return convert(options)

    text = "Convert motions between files, and import other tools' results."
    parser = _add_command(commands, "convert", text, command)
    parser.add_argument("input", metavar="IN")
    parser.add_argument("output", metavar="OUT", help="kind by suffix: .npz, .json or .bvh")
    parser.add_argument("--json", action="store_true", help="one line of JSON")


def _add_info(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    def command(options: argparse.Namespace) -> int:
        from .commands.info import show_info

        return show_info(options)

    parser = _add_command(commands, "info", "Show device, models, licenses and checks.", command)
    parser.add_argument("--skel-model", type=Path, metavar="FILE", help="check your SKEL file")
    parser.add_argument("--body-model", type=Path, metavar="FILE", help="check your SMPL file")
    parser.add_argument("--json", action="store_true", help="one line of JSON")


def _add_serve(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    def command(options: argparse.Namespace) -> int:
        from .commands.terms import settings_from
        from .serve import serve

        return serve(options, settings_from)

    text = "Answer requests on standard input (docs/protocol.md)."
    parser = _add_command(commands, "serve", text, command)
    parser.add_argument("--log", type=Path, metavar="FILE", help="rotating log; default stderr")
    parser.add_argument("--parent", type=int, metavar="PID", help="end when this process dies")
