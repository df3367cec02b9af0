"""TFLite graphs to ONNX: the operators of MediaPipe's pose and hand networks, nothing more.

Images go from TFLite's NHWC to ONNX's NCHW; tensors of other ranks keep their order. The ONNX
network takes `image` [1, 3, H, W] and answers in TFLite's order of axes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import tflite
from numpy.typing import ArrayLike, NDArray
from onnx import TensorProto, helper, numpy_helper

from .tflite_file import Operator, TfliteGraph

OPSET = 17
IR_VERSION = 9
TO_NCHW, TO_NHWC = (0, 3, 1, 2), (0, 2, 3, 1)


def onnx_from_tflite(graph: TfliteGraph, outputs: dict[str, int]) -> onnx.ModelProto:
    """Convert a network; what only other outputs need is left out.

    Args:
        graph: from `read_tflite`, with one image as input.
        outputs: name in ONNX → position among the TFLite outputs.

    Returns:
        The checked ONNX model.

    Raises:
        NotImplementedError: an operator or option that the pose networks do not use.
    """
    builder = _Builder(graph)
    for operator in graph.operators:
        if operator.name in ("DEQUANTIZE", "DENSIFY"):
            graph.constants[operator.outputs[0]] = graph.constants[operator.inputs[0]]
        elif operator.name in _CONVERTERS:
            builder.names[operator.outputs[0]] = _CONVERTERS[operator.name](builder, operator)
        else:
            raise NotImplementedError(f"TFLite operator {operator.name}")
    return builder.finished(outputs)


class _Builder:
    """Collects nodes and constants; `names` maps TFLite tensors to ONNX values."""

    def __init__(self, graph: TfliteGraph) -> None:
        self.graph = graph
        self.names = {graph.inputs[0]: "image"}
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def node(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        output = output or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def constant(self, values: ArrayLike) -> str:
        name = f"constant_{len(self.constants)}"
        array = np.ascontiguousarray(values)
        self.constants[name] = numpy_helper.from_array(array.reshape(np.shape(values)), name)
        return name

    def value(self, tensor: int) -> str:
        """The ONNX value of a tensor; constants of rank 4 are turned to NCHW."""
        if tensor in self.names:
            return self.names[tensor]
        array = _single(self.graph.constants[tensor])
        return self.constant(array.transpose(TO_NCHW) if array.ndim == 4 else array)

    def activated(self, value: str, function: int) -> str:
        kinds = tflite.ActivationFunctionType
        if function == kinds.NONE:
            return value
        if function == kinds.RELU:
            return self.node("Relu", value)
        if function == kinds.RELU6:
            limits = (self.constant(np.float32(limit)) for limit in (0, 6))
            return self.node("Clip", value, *limits)
        raise NotImplementedError(f"TFLite activation {function}")

    def finished(self, outputs: dict[str, int]) -> onnx.ModelProto:
        shapes = self.graph.shapes
        infos = []
        for name, position in outputs.items():
            tensor = self.graph.outputs[position]
            value = self.names[tensor]
            if len(shapes[tensor]) == 4:
                value = self.node("Transpose", value, perm=TO_NHWC)
            self.node("Identity", value, output=name)
            infos.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes[tensor]))
        shape = [shapes[self.graph.inputs[0]][axis] for axis in TO_NCHW]
        image = helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)
        nodes = _needed(self.nodes, set(outputs))
        used = {name for node in nodes for name in node.input}
        constants = [tensor for name, tensor in self.constants.items() if name in used]
        model = helper.make_model(
            helper.make_graph(nodes, "pose", [image], infos, constants),
            opset_imports=[helper.make_opsetid("", OPSET)],
        )
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model)
        return model


def _needed(nodes: list[onnx.NodeProto], wanted: set[str]) -> list[onnx.NodeProto]:
    kept = []
    for node in reversed(nodes):
        if wanted & set(node.output):
            kept.append(node)
            wanted |= set(node.input)
    return kept[::-1]


def _single(array: NDArray) -> NDArray:
    return array.astype(np.float32) if array.dtype == np.float16 else array


def same_padding(
    size: tuple[int, int],
    kernel: tuple[int, int],
    stride: tuple[int, int],
    dilation: tuple[int, int] = (1, 1),
) -> list[int]:
    """TensorFlow's SAME padding as ONNX's [top, left, bottom, right]."""
    totals = [
        max((-(-length // step) - 1) * step + (reach - 1) * spread + 1 - length, 0)
        for length, reach, step, spread in zip(size, kernel, stride, dilation, strict=True)
    ]
    return [totals[0] // 2, totals[1] // 2, totals[0] - totals[0] // 2, totals[1] - totals[1] // 2]


def _convolution(builder: _Builder, operator: Operator) -> str:
    graph, options = builder.graph, operator.options
    height, width, channels = graph.shapes[operator.inputs[0]][1:]
    weights = _single(graph.constants[operator.inputs[1]])
    depthwise = operator.name == "DEPTHWISE_CONV_2D"
    weights = weights.transpose((3, 0, 1, 2) if depthwise else TO_NCHW)
    kernel = (weights.shape[2], weights.shape[3])
    stride = (options.StrideH(), options.StrideW())
    dilation = (options.DilationHFactor(), options.DilationWFactor())
    same = options.Padding() == tflite.Padding.SAME
    result = builder.node(
        "Conv",
        builder.value(operator.inputs[0]),
        builder.constant(weights),
        *(builder.value(tensor) for tensor in operator.inputs[2:] if tensor >= 0),
        kernel_shape=kernel,
        strides=stride,
        dilations=dilation,
        group=channels if depthwise else 1,
        pads=same_padding((height, width), kernel, stride, dilation) if same else [0] * 4,
    )
    return builder.activated(result, options.FusedActivationFunction())


def _add(builder: _Builder, operator: Operator) -> str:
    total = builder.node("Add", *(builder.value(tensor) for tensor in operator.inputs))
    return builder.activated(total, operator.options.FusedActivationFunction())


def _pad(builder: _Builder, operator: Operator) -> str:
    amounts = builder.graph.constants[operator.inputs[1]][list(TO_NCHW)].astype(np.int64)
    return builder.node(
        "Pad", builder.value(operator.inputs[0]), builder.constant(amounts.T.reshape(-1))
    )


def _max_pool(builder: _Builder, operator: Operator) -> str:
    options = operator.options
    height, width = builder.graph.shapes[operator.inputs[0]][1:3]
    kernel = (options.FilterHeight(), options.FilterWidth())
    stride = (options.StrideH(), options.StrideW())
    same = options.Padding() == tflite.Padding.SAME
    pads = same_padding((height, width), kernel, stride) if same else [0] * 4
    value = builder.value(operator.inputs[0])
    result = builder.node("MaxPool", value, kernel_shape=kernel, strides=stride, pads=pads)
    return builder.activated(result, options.FusedActivationFunction())


def _resize(builder: _Builder, operator: Operator) -> str:
    shapes, options = builder.graph.shapes, operator.options
    before, after = shapes[operator.inputs[0]], shapes[operator.outputs[0]]
    mode = "half_pixel" if options.HalfPixelCenters() else "asymmetric"
    mode = "align_corners" if options.AlignCorners() else mode
    scale = np.array([1, 1, after[1] / before[1], after[2] / before[2]], np.float32)
    value = builder.value(operator.inputs[0])
    return builder.node(
        "Resize",
        value,
        "",
        builder.constant(scale),
        mode="linear",
        coordinate_transformation_mode=mode,
    )


def _reshape(builder: _Builder, operator: Operator) -> str:
    shapes = builder.graph.shapes
    value = builder.value(operator.inputs[0])
    if len(shapes[operator.inputs[0]]) == 4:
        value = builder.node("Transpose", value, perm=TO_NHWC)
    shape = shapes[operator.outputs[0]]
    value = builder.node("Reshape", value, builder.constant(np.array(shape, np.int64)))
    return builder.node("Transpose", value, perm=TO_NCHW) if len(shape) == 4 else value


def _concatenate(builder: _Builder, operator: Operator) -> str:
    rank = len(builder.graph.shapes[operator.outputs[0]])
    axis = operator.options.Axis() % rank
    axis = TO_NCHW.index(axis) if rank == 4 else axis
    return builder.node("Concat", *(builder.value(n) for n in operator.inputs), axis=axis)


def _depth_to_space(builder: _Builder, operator: Operator) -> str:
    value = builder.value(operator.inputs[0])
    size = operator.options.BlockSize()
    return builder.node("DepthToSpace", value, blocksize=size, mode="DCR")


def _logistic(builder: _Builder, operator: Operator) -> str:
    return builder.node("Sigmoid", builder.value(operator.inputs[0]))


def _fully_connected(builder: _Builder, operator: Operator) -> str:
    graph = builder.graph
    weights = _single(graph.constants[operator.inputs[1]])
    result = builder.node(
        "Gemm",
        builder.value(operator.inputs[0]),
        builder.constant(weights.T),
        *(builder.value(tensor) for tensor in operator.inputs[2:] if tensor >= 0),
    )
    return builder.activated(result, operator.options.FusedActivationFunction())


def _mean(builder: _Builder, operator: Operator) -> str:
    """The mean over a picture's height and width: one number a channel."""
    axes = sorted(int(axis) for axis in np.ravel(builder.graph.constants[operator.inputs[1]]))
    if axes != [1, 2]:
        raise NotImplementedError(f"TFLite MEAN over axes {axes}")
    pooled = builder.node("GlobalAveragePool", builder.value(operator.inputs[0]))
    shape = builder.graph.shapes[operator.outputs[0]]
    if len(shape) == 4:
        return pooled
    return builder.node("Reshape", pooled, builder.constant(np.array(shape, np.int64)))


_CONVERTERS: dict[str, Callable[[_Builder, Operator], str]] = {
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _convolution,
    "ADD": _add,
    "PAD": _pad,
    "MAX_POOL_2D": _max_pool,
    "RESIZE_BILINEAR": _resize,
    "RESHAPE": _reshape,
    "CONCATENATION": _concatenate,
    "DEPTH_TO_SPACE": _depth_to_space,
    "LOGISTIC": _logistic,
    "FULLY_CONNECTED": _fully_connected,
    "MEAN": _mean,
}
