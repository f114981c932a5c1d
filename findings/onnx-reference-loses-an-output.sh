#!/usr/bin/env bash
# The reference evaluator of onnx 1.23.2 loses the last output of a max pooling whose padding stands on one
# side only: 8 numbers, a window of 2, stride 1 and one entry of padding after the end make 8 outputs by the
# formula, by the checker's shape inference and by ONNX Runtime, but the evaluator returns 7. It is the
# oracle that other programs are tested against.
# Seen: 7 outputs instead of 8.
. "$(dirname "$0")/common.sh"
run numpy==2.4.6 onnx==1.23.2 onnxruntime==1.31.1 <<'PY'
import numpy as np
import onnxruntime as ort
from onnx import checker, helper
from onnx.reference import ReferenceEvaluator

ends = [[helper.make_tensor_value_info(name, 1, [1, 1, 8])] for name in ("x", "y")]
node = helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[2], strides=[1], pads=[0, 1])
graph = helper.make_graph([node], "padding after the end", *ends)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
checker.check_model(model, full_check=True)  # which infers 8 outputs
x = np.arange(8, dtype=np.float32).reshape(1, 1, 8)
session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
runtime = session.run(None, {"x": x})[0].ravel().tolist()
reference = ReferenceEvaluator(model).run(None, {"x": x})[0].ravel().tolist()
print("runtime:  ", runtime)
print("reference:", reference)
assert runtime == [1, 2, 3, 4, 5, 6, 7, 7]
assert len(reference) == 7
PY
