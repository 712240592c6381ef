"""A model's graph as lists and look-ups: what its changes are written in. Owner of `onnx`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto
from onnx.helper import get_attribute_value
from onnx.numpy_helper import from_array

PREFIX = "briefing"  # of every name that is ours


class GraphError(ValueError):
    """The model is not of the known form."""


class NotThere(LookupError):
    """A node that was looked for is not there."""


@dataclass(frozen=True)
class Graph:
    """Nodes in an order in which each comes after those it needs, and constants by name, to which more may be added."""

    nodes: list[NodeProto]
    constants: dict[str, TensorProto]

    @cached_property
    def users(self) -> dict[str, list[NodeProto]]:
        """Give the nodes that take each value."""
        users: dict[str, list[NodeProto]] = {}
        for node in self.nodes:
            for name in node.input:
                users.setdefault(name, []).append(node)
        return users

    @cached_property
    def makers(self) -> dict[str, NodeProto]:
        """Give the node that makes each value."""
        return {name: node for node in self.nodes for name in node.output}

    def maker(self, names: Iterable[str], kind: str) -> NodeProto:
        """Give the one node of a kind that makes one of the values. Raises NotThere."""
        found = [self.makers[name] for name in names if name in self.makers and self.makers[name].op_type == kind]
        if len(found) != 1:
            raise NotThere(kind)
        return found[0]

    def integers(self, *values: int) -> str:
        """Give the name of a constant vector of int64."""
        return self.array("_".join(map(str, values)), np.array(values, np.int64))

    def scalar(self, value: np.generic) -> str:
        """Give the name of a constant scalar."""
        return self.array(f"{value.dtype}/{value}", np.asarray(value))

    def array(self, name: str, values: NDArray[np.generic]) -> str:
        """Give the full name of a constant that has this name among ours."""
        name = f"{PREFIX}/{name}"
        self.constants.setdefault(name, from_array(values, name))
        return name


def read_model(model: bytes) -> tuple[ModelProto, Graph]:
    """Give a model and its graph. Raises GraphError for what is no model."""
    try:
        proto = onnx.load_from_string(model)
    except DecodeError as error:
        raise GraphError(f"not a model: {error}") from error
    return proto, Graph(list(proto.graph.node), {each.name: each for each in proto.graph.initializer})


def write_model(proto: ModelProto, graph: Graph) -> bytes:
    """Give the model with another graph's nodes and constants: the same bytes for the same graph."""
    proto.graph.ClearField("node")
    proto.graph.node.extend(graph.nodes)
    proto.graph.ClearField("initializer")
    proto.graph.initializer.extend(graph.constants.values())
    content: bytes = proto.SerializeToString(deterministic=True)
    return content


def attribute(node: NodeProto, name: str, default: Any) -> Any:
    """Give a node's attribute."""
    found = [get_attribute_value(each) for each in node.attribute if each.name == name]
    return found[0] if found else default
