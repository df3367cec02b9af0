"""The estimators of this program, each loaded on first use and kept warm."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.errors import Sketch2PoseError
from .devices import Device, create_session

if TYPE_CHECKING:
    from .sketch.estimate import SketchEstimator
    from .video.estimate import VideoEstimator

WEIGHTS_FOLDER = Path(__file__).resolve().parent / "weights"
SKETCH_NETWORK = "sketch.onnx"
POSE_DETECTOR, HAND_NETWORK = "pose_detector.onnx", "hand_landmarks.onnx"
LIFTER_NETWORK = "lifter.onnx"
LANDMARK_NETWORKS = {
    "lite": "pose_landmarks_lite.onnx",
    "full": "pose_landmarks.onnx",
    "heavy": "pose_landmarks_heavy.onnx",  # too large to ship: in the user's own folder, or not
}
_MADE_BY_USER = {
    LANDMARK_NETWORKS["heavy"]: "Use full instead, or put the file into your folder of models "
    "(docs/video.md describes how it is made)",
}
MODEL_SUFFIXES = (".onnx", ".npz", ".pkl")


@dataclass(frozen=True)
class Settings:
    """How the backend was started: the device and the user's own folder of models."""

    device: Device = Device()  # noqa: RUF009 - frozen
    model_folder: Path | None = None


class Estimators:
    """Loads what a request needs; a second request finds it warm."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._video: dict[tuple[str, bool], VideoEstimator] = {}
        self._sessions: dict[Path, Any] = {}

    @cached_property
    def sketch(self) -> "SketchEstimator":
        """Estimator of drawings; the first access loads its networks."""
        from .sketch.estimate import SketchEstimator

        network = find_model(SKETCH_NETWORK, self.settings.model_folder)
        session: Any = create_session(network, self.settings.device)
        return SketchEstimator(session)

    @cached_property
    def video(self) -> "VideoEstimator":
        """Estimator of photos and clips with the usual networks."""
        return self.video_of("full", False)

    def video_of(self, quality: str, hands: bool) -> "VideoEstimator":
        """Estimator of photos and clips; the first use of a quality loads its networks.

        Args:
            quality: one of `LANDMARK_NETWORKS`.
            hands: read fingers, too.

        Raises:
            Sketch2PoseError: a network is missing; the heavy one does not ship.
        """
        from .video.estimate import VideoEstimator
        from .video.solving.background_solver import Helper

        if (quality, hands) not in self._video:
            names = [POSE_DETECTOR, LANDMARK_NETWORKS[quality], *([HAND_NETWORK] if hands else [])]
            paths = [find_model(name, self.settings.model_folder) for name in names]
            sessions: list[Any] = [self._session(path) for path in paths]
            known = " ".join(f"{path.name}:{path.stat().st_size}" for path in paths)
            lifter = find_model(LIFTER_NETWORK, self.settings.model_folder)
            self._video[quality, hands] = VideoEstimator(
                *sessions[:2],
                hands=sessions[2] if hands else None,
                networks=known,
                lifter=self._session(lifter),
                helper=Helper(lifter, self.settings.device.threads),
            )
        return self._video[quality, hands]

    def _session(self, path: Path) -> Any:
        """A network, loaded once."""
        if path not in self._sessions:
            self._sessions[path] = create_session(path, self.settings.device)
        return self._sessions[path]


def find_model(name: str, model_folder: Path | None = None) -> Path:
    """Path of a model; a file of that name in the user's own folder is preferred.

    Args:
        name: file name.
        model_folder: the user's own models, if any.

    Returns:
        The path.

    Raises:
        Sketch2PoseError: it is in neither place.
    """
    for folder in [*([model_folder] if model_folder else []), WEIGHTS_FOLDER]:
        if (folder / name).is_file():
            return folder / name
    raise Sketch2PoseError(
        "The estimation could not begin",
        f'the model "{name}" is missing',
        _MADE_BY_USER.get(name, "Install Sketch2Pose again"),
        "model.missing",
    )


def list_models(model_folder: Path | None = None) -> list[Path]:
    """The models that are there.

    Args:
        model_folder: the user's own models, if any.

    Returns:
        Paths, shipped ones first.
    """
    folders = [WEIGHTS_FOLDER, *([model_folder] if model_folder else [])]
    return [
        path
        for folder in folders
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if path.suffix in MODEL_SUFFIXES
    ]
