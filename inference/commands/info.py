"""`info`: what runs here, what is installed, under which licenses."""

import argparse
import json
import platform
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ...core.errors import Sketch2PoseError
from ..devices import available_devices
from ..estimators import Estimators, list_models
from ..model_cards import ModelCard, read_card
from ..protocol.messages import PROTOCOL_VERSION
from ..version import read_version
from .terms import DONE, SOME_WITHOUT_RESULT, settings_from

LIBRARIES = {"numpy": "BSD-3-Clause", "onnxruntime": "MIT", "cv2": "Apache-2.0"}


def show_info(options: argparse.Namespace) -> int:
    """Print versions, device, models with licenses, and the outcome of the checks.

    Args:
        options: with `json` and the common ones.

    Returns:
        0 when every check passed, 3 otherwise.
    """
    info = collect_info(options)
    if options.json:
        print(json.dumps(info))
    else:
        _print_readable(info)
    return DONE if all(check["passed"] for check in info["checks"]) else SOME_WITHOUT_RESULT


def collect_info(options: argparse.Namespace) -> dict:
    """Everything `info` prints, as plain values.

    Args:
        options: the common ones.

    Returns:
        version, protocol, python, platform, device, libraries, body, models, checks.
    """
    from ..body import load_default_body

    settings = settings_from(options)
    body = load_default_body()
    cards = [read_card(path) for path in list_models(settings.model_folder)]
    return {
        "version": read_version(),
        "protocol": PROTOCOL_VERSION,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "device": {
            "name": settings.device.name,
            "note": settings.device.note,
            "installed": available_devices(),
        },
        "libraries": [
            {"name": name, "version": _version_of(name), "licence": licence}
            for name, licence in LIBRARIES.items()
        ],
        "body": {"name": body.name, "licence": body.licence},
        "models": [
            {"file": card.path.name, "name": card.name, "licence": card.licence} for card in cards
        ],
        "checks": [
            _checked("sketch estimator loads", lambda: Estimators(settings).sketch),
            _checked("photo and video estimator loads", lambda: Estimators(settings).video),
            *(
                _checked(f"{card.path.name} is intact", partial(_verify, card))
                for card in cards
                if card.sha256
            ),
            *_own_model_checks(options),
        ],
    }


def _own_model_checks(options: argparse.Namespace) -> list[dict]:
    """What was found in the user's own model files; a file that is refused says why."""
    from ..skel.model.model_report import describe_body, describe_pair, describe_skel

    body, skel = getattr(options, "body_model", None), getattr(options, "skel_model", None)
    checks = [_found(body, describe_body)] if body else []
    checks += [_found(skel, describe_skel)] if skel else []
    if body and skel and all(check["passed"] for check in checks):
        checks.append(_found(skel, lambda path: describe_pair(path, body)))
    return checks


def _found(path: Path, describe: Callable[[Path], str]) -> dict:
    try:
        return {"name": describe(path), "passed": True, "why": ""}
    except Sketch2PoseError as error:
        return {"name": f"{path.name} can be used", "passed": False, "why": str(error)}


def _verify(card: ModelCard) -> None:
    if not card.is_intact():
        raise ValueError("its checksum is not that of its card; install Sketch2Pose again")


def _version_of(library: str) -> str:
    return str(getattr(__import__(library), "__version__", "unknown"))


def _checked(name: str, action: Callable[[], object]) -> dict:
    try:
        action()
    except Exception as error:  # noqa: BLE001 - the report must name whatever is wrong
        return {"name": name, "passed": False, "why": f"{type(error).__name__}: {error}"}
    return {"name": name, "passed": True, "why": ""}


def _print_readable(info: dict) -> None:
    print(f"Sketch2Pose {info['version']} (protocol {info['protocol']})")
    print(f"Python {info['python']} on {info['platform']}")
    device = info["device"]
    print(f"Device: {device['name']} (installed: {', '.join(device['installed'])})")
    if device["note"]:
        print(f"  {device['note']}")
    for library in info["libraries"]:
        print(f"Library: {library['name']} {library['version']} ({library['licence']})")
    print(f"Body: {info['body']['name']} ({info['body']['licence']})")
    for model in info["models"]:
        print(f"Model: {model['file']}: {model['name']} ({model['licence'] or 'no card'})")
    for check in info["checks"]:
        outcome = "ok" if check["passed"] else f"failed: {check['why']}"
        print(f"Check: {check['name']}: {outcome}")
