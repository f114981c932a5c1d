#!/usr/bin/env bash
# ONNX Runtime 1.31.1 accepts Pad followed by AveragePool, joins the two into one pooling that pads by
# itself, and then refuses what it made, because the padding is as wide as the window. The same file runs
# when the optimiser is switched off, and the pair is what one writes to pad further than a pooling may.
# Seen: "Pad should be smaller than kernel" with all optimisations, 0 .5 1.5 2.5 1.5 0 with none.
. "$(dirname "$0")/common.sh"
run numpy==2.4.6 onnx==1.23.2 onnxruntime==1.31.1 <<'PY'
import numpy as np
import onnxruntime as ort
from onnx import checker, helper, numpy_helper

pads = numpy_helper.from_array(np.array([0, 0, 2, 0, 0, 2]), "pads")
zero = numpy_helper.from_array(np.float32(0), "zero")
nodes = [
    helper.make_node("Pad", ["x", "pads", "zero"], ["padded"]),
    helper.make_node("AveragePool", ["padded"], ["y"], kernel_shape=[2], strides=[1]),
]
ends = [
    [helper.make_tensor_value_info(name, 1, [1, 1, n])] for name, n in (("x", 3), ("y", 6))
]
graph = helper.make_graph(nodes, "pad, then average", *ends, [pads, zero])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
checker.check_model(model, full_check=True)
x = np.arange(1, 4, dtype=np.float32).reshape(1, 1, 3)


def answer(level):
    options = ort.SessionOptions()
    options.graph_optimization_level = level
    options.log_severity_level = 4
    names = ["CPUExecutionProvider"]
    try:
        session = ort.InferenceSession(model.SerializeToString(), options, providers=names)
        return session.run(None, {"x": x})[0].ravel().tolist()
    except Exception as error:
        return str(error)


joined = answer(ort.GraphOptimizationLevel.ORT_ENABLE_ALL)
apart = answer(ort.GraphOptimizationLevel.ORT_DISABLE_ALL)
print("optimised:", joined)
print("as written:", apart)
assert apart == [0, 0.5, 1.5, 2.5, 1.5, 0], apart
assert isinstance(joined, str) and "smaller than kernel" in joined, joined
PY
