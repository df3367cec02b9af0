"""TFLite files as plain values: operators, constants (dense and sparse), shapes.

Constants keep TFLite's axis order (NHWC). Sparse constants follow the traversal order, block map
and per-level formats of the TFLite schema (`SparsityParameters`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tflite
from numpy.typing import NDArray

_TYPES = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
}
_OPERATOR_NAMES = {
    number: name for name, number in vars(tflite.BuiltinOperator).items() if isinstance(number, int)
}


@dataclass(frozen=True)
class Level:
    """One level of a sparse tensor: dense of `size`, or compressed by `starts` and `places`."""

    size: int
    starts: NDArray[np.integer] | None = None
    places: NDArray[np.integer] | None = None


@dataclass(frozen=True)
class Operator:
    """One operator: its name, tensor numbers in and out, and its options table (or None)."""

    name: str
    inputs: list[int]
    outputs: list[int]
    options: Any


@dataclass(frozen=True)
class TfliteGraph:
    """A network: tensors are numbers, `constants` hold those that are known."""

    inputs: list[int]
    outputs: list[int]
    shapes: list[list[int]]
    constants: dict[int, NDArray]
    operators: list[Operator]


def read_tflite(path: Path) -> TfliteGraph:
    """Read the first subgraph of a file.

    Args:
        path: a `.tflite` file.

    Returns:
        Its graph, sparse constants made dense.
    """
    model = tflite.Model.GetRootAsModel(path.read_bytes(), 0)
    graph: Any = model.Subgraphs(0)  # the library says that it may be None
    tensors = [graph.Tensors(number) for number in range(graph.TensorsLength())]
    constants = {}
    for number, tensor in enumerate(tensors):
        buffer = model.Buffers(tensor.Buffer())
        if buffer is not None and buffer.DataLength():
            constants[number] = _constant(tensor, buffer)
    return TfliteGraph(
        [int(number) for number in graph.InputsAsNumpy()],
        [int(number) for number in graph.OutputsAsNumpy()],
        [_shape(tensor) for tensor in tensors],
        constants,
        [_operator(model, graph.Operators(n)) for n in range(graph.OperatorsLength())],
    )


def _shape(tensor: Any) -> list[int]:
    return [int(size) for size in tensor.ShapeAsNumpy()] if tensor.ShapeLength() else []


def _constant(tensor: Any, buffer: Any) -> NDArray:
    values = np.frombuffer(buffer.DataAsNumpy().tobytes(), _TYPES[tensor.Type()])
    sparsity = tensor.Sparsity()
    if sparsity is None:
        return values.reshape(_shape(tensor))
    levels = [_level(sparsity.DimMetadata(n)) for n in range(sparsity.DimMetadataLength())]
    order = [int(axis) for axis in sparsity.TraversalOrderAsNumpy()]
    blocks = [int(axis) for axis in sparsity.BlockMapAsNumpy()] if sparsity.BlockMapLength() else []
    return densify(values, _shape(tensor), levels, order, blocks)


def _level(stored: Any) -> Level:
    if stored.Format() == tflite.DimensionType.DENSE:
        return Level(stored.DenseSize())
    return Level(0, _index_vector(stored, "Segments"), _index_vector(stored, "Indices"))


def _index_vector(stored: Any, name: str) -> NDArray[np.integer]:
    kinds = {1: tflite.Int32Vector, 2: tflite.Uint16Vector, 3: tflite.Uint8Vector}
    vector = kinds[getattr(stored, f"Array{name}Type")()]()
    table = getattr(stored, f"Array{name}")()
    vector.Init(table.Bytes, table.Pos)
    return np.asarray(vector.ValuesAsNumpy(), np.int64)


def densify(
    values: NDArray, shape: list[int], levels: list[Level], order: list[int], blocks: list[int]
) -> NDArray:
    """A sparse tensor as a dense one.

    Args:
        values: the stored values in traversal order.
        shape: of the dense tensor.
        levels: one for each entry of `order`.
        order: axis of each level; entry len(shape) + b is the inside of block b.
        blocks: the axis that each block divides.

    Returns:
        The tensor, zero where nothing is stored.
    """
    rank = len(shape)
    block_size = np.ones(rank, np.int64)
    for block, axis in enumerate(blocks):
        block_size[axis] = levels[order.index(rank + block)].size
    entry = np.zeros(1, np.int64)
    index = np.zeros((1, rank), np.int64)
    for level, place in zip(levels, order, strict=True):
        parent, entry, step = _expanded(level, entry)
        index = index[parent]
        axis = place if place < rank else blocks[place - rank]
        index[:, axis] += step * (block_size[axis] if place < rank else 1)
    dense = np.zeros(shape, values.dtype)
    dense[tuple(index.T)] = values[entry]
    return dense


def _expanded(level: Level, entry: NDArray[np.integer]) -> tuple[NDArray, NDArray, NDArray]:
    """Children of the entries of the level above: their parents, numbers and coordinates."""
    if level.starts is None or level.places is None:
        parent = np.repeat(np.arange(len(entry)), level.size)
        step = np.tile(np.arange(level.size), len(entry))
        return parent, entry[parent] * level.size + step, step
    first, last = level.starts[entry], level.starts[entry + 1]
    parent = np.repeat(np.arange(len(entry)), last - first)
    ranges = [np.arange(a, b) for a, b in zip(first, last, strict=True)]
    child = np.concatenate(ranges) if ranges else np.zeros(0, np.int64)
    return parent, child, level.places[child]


def _operator(model: Any, stored: Any) -> Operator:
    code = model.OperatorCodes(stored.OpcodeIndex())
    # files older than the extended operator set keep the number in the deprecated field
    name = _OPERATOR_NAMES[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
    inputs = [int(number) for number in stored.InputsAsNumpy()]
    outputs = [int(number) for number in stored.OutputsAsNumpy()]
    return Operator(name, inputs, outputs, _options(name, stored.BuiltinOptions()))


def _options(name: str, table: Any) -> Any:
    words = {"CONV_2D": "Conv2D", "DEPTHWISE_CONV_2D": "DepthwiseConv2D", "MAX_POOL_2D": "Pool2D"}
    word = words.get(name, "".join(part.capitalize() for part in name.split("_")))
    kind = getattr(tflite, f"{word}Options", None)
    if table is None or kind is None:
        return None
    options = kind()
    options.Init(table.Bytes, table.Pos)
    return options
