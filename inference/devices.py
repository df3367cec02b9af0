"""Where networks run: one choice for the whole program, with the CPU to fall back on.

A provider that is listed may still fail (missing driver or library), so every other than
the CPU proves itself on a tiny network before it is chosen.
"""

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ..core.arrays import Array

if TYPE_CHECKING:
    import onnxruntime

CPU = "cpu"
PROVIDERS = {
    "cuda": "CUDAExecutionProvider",
    "directml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    CPU: "CPUExecutionProvider",
}
# Core ML splits small networks between processors and loses: it is used when asked for
AUTOMATIC_ORDER = ("cuda", "directml", CPU)
DEVICE_NAMES = ("auto", CPU, "cuda", "directml", "coreml")
_ERRORS_ONLY = 3  # onnxruntime's log severity


class Session(Protocol):
    """What is used of onnxruntime's InferenceSession."""

    def run(self, output_names: list[str], input_feed: dict[str, Array]) -> list[Array]:
        """Runs the network on arrays [...] by name; the outputs in the order of their names."""
        ...


@dataclass(frozen=True)
class Device:
    """Where networks run.

    Attributes:
        name: "cpu", "cuda", "directml" or "coreml".
        threads: for each network on the CPU; 0 lets onnxruntime choose.
        note: a sentence when the device is not the one asked for, else empty.
    """

    name: str = CPU
    threads: int = 0
    note: str = ""

    @property
    def providers(self) -> list[str]:
        """Execution providers of onnxruntime in the order to try."""
        return list(dict.fromkeys([PROVIDERS[self.name], PROVIDERS[CPU]]))


def choose_device(wanted: str = "auto", threads: int = 0) -> Device:
    """Choose where networks run, once.

    Args:
        wanted: one of `DEVICE_NAMES`; upper case is accepted.
        threads: for each network on the CPU; 0 lets onnxruntime choose.

    Returns:
        The first device that works; the CPU with a note when the wanted one does not.

    Raises:
        ValueError: no such device name.
    """
    wanted = wanted.lower()
    if wanted not in DEVICE_NAMES:
        raise ValueError(f"unknown device {wanted!r}; known: {', '.join(DEVICE_NAMES)}")
    reasons = []
    for name in AUTOMATIC_ORDER if wanted == "auto" else (wanted, CPU):
        device = Device(name, threads)
        problem = _problem(device)
        if problem is None:
            return replace(device, note=" ".join(reasons))
        if wanted != "auto" or not problem.startswith("not installed"):
            reasons.append(f"{name} is not used ({problem}); networks run on the CPU.")
    return Device(CPU, threads, " ".join(reasons))


def available_devices() -> list[str]:
    """Names of the devices whose provider is installed; whether they work is not tried."""
    import onnxruntime

    installed = onnxruntime.get_available_providers()
    return [name for name, provider in PROVIDERS.items() if provider in installed]


def create_session(
    model: str | os.PathLike[str] | bytes, device: Device
) -> "onnxruntime.InferenceSession":
    """Load a network.

    Args:
        model: path or content of an ONNX file.
        device: from `choose_device`.

    Returns:
        The session; unsupported parts of the network run on the CPU.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = device.threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    # waiting threads would otherwise keep Blender's cores busy between two jobs
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if device.name == "directml":  # DirectML's documented requirements
        options.enable_mem_pattern = False
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    content = model if isinstance(model, bytes) else os.fspath(model)
    return onnxruntime.InferenceSession(content, options, providers=device.providers)


def _problem(device: Device) -> str | None:
    """Why the device cannot be used; None when it can."""
    if device.name == CPU:
        return None
    if device.name not in available_devices():
        return "not installed with this onnxruntime"
    try:
        session = create_session(_identity_network(), device)
        session.run(None, {"x": np.zeros(1, np.float32)})
    except Exception as error:  # noqa: BLE001 - drivers raise anything; the CPU always works
        return str(error).splitlines()[0][:200]
    if session.get_providers()[0] != PROVIDERS[device.name]:
        return "its driver or libraries are missing"
    return None


def _identity_network() -> bytes:
    """The smallest ONNX file: y = Identity(x), one float32; written as protobuf by hand."""

    def field(number: int, content: bytes | str | int) -> bytes:
        if isinstance(content, int):
            return bytes([number << 3, content])
        data = content.encode() if isinstance(content, str) else content
        return bytes([number << 3 | 2, len(data)]) + data

    shape = field(2, field(1, field(1, 1)))  # TensorShapeProto: one dimension of size 1
    tensor = field(2, field(1, field(1, 1) + shape))  # TypeProto: float32 tensor
    node = field(1, "x") + field(2, "y") + field(4, "Identity")
    graph = field(1, node) + field(2, "g")
    graph += field(11, field(1, "x") + tensor) + field(12, field(1, "y") + tensor)
    opset = field(8, field(2, 13))
    return field(1, 7) + field(7, graph) + opset  # ir_version 7, graph, opset 13
