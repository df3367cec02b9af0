"""The estimators of this program, each loaded on first use and kept warm."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inference.devices import Device, create_session
from inference.protocol.errors import Sketch2PoseError

if TYPE_CHECKING:
    from inference.sketch.estimate import SketchEstimator
    from inference.video.estimate import VideoEstimator

WEIGHTS_FOLDER = Path(__file__).resolve().parent / "weights"
SKETCH_NETWORK = "sketch.onnx"
POSE_NETWORKS = ("pose_detector.onnx", "pose_landmarks.onnx")
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

    @cached_property
    def sketch(self) -> "SketchEstimator":
        """Estimator of drawings; the first access loads its networks."""
        from inference.sketch.estimate import SketchEstimator

        network = find_model(SKETCH_NETWORK, self.settings.model_folder)
        session: Any = create_session(network, self.settings.device)
        return SketchEstimator(session)

    @cached_property
    def video(self) -> "VideoEstimator":
        """Estimator of photos and clips; the first access loads its networks."""
        from inference.video.estimate import VideoEstimator

        sessions: list[Any] = [
            create_session(find_model(name, self.settings.model_folder), self.settings.device)
            for name in POSE_NETWORKS
        ]
        return VideoEstimator(*sessions)


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
        "Install Sketch2Pose again",
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
