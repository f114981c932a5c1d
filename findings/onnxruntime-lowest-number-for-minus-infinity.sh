#!/usr/bin/env bash
# ONNX Runtime 1.31.1 makes the lowest finite float32 of a max pooling over minus infinities: its search
# begins at that number, and minus infinity is not larger. With a dilated window, another kernel runs, and
# the answer is minus infinity, as it is by ONNX's own reference evaluator in both cases. A mask of -inf in
# front of a pooling therefore comes back as -3.4028235e38, which a softmax treats alike and a test does not.
# Seen: -3.4028235e38 and -inf.
. "$(dirname "$0")/common.sh"
run numpy==2.4.6 onnx==1.23.2 onnxruntime==1.31.1 <<'PY'
import numpy as np
import onnxruntime as ort
from onnx import checker, helper
from onnx.reference import ReferenceEvaluator

x = np.full((1, 1, 5), -np.inf, np.float32)


def model(outputs, **options):
    ends = [
        [helper.make_tensor_value_info(name, 1, [1, 1, n])] for name, n in (("x", 5), ("y", outputs))
    ]
    node = helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[3], **options)
    graph = helper.make_graph([node], "maximum", *ends)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    checker.check_model(made, full_check=True)
    return made


def runtime(made):
    names = ["CPUExecutionProvider"]
    session = ort.InferenceSession(made.SerializeToString(), providers=names)
    return session.run(None, {"x": x})[0].ravel()[0]


plain, dilated = model(3), model(1, dilations=[2])
found = {"undilated": runtime(plain), "dilated": runtime(dilated)}
print(found)
assert found["undilated"] == np.finfo(np.float32).min
assert found["dilated"] == -np.inf
for made in (plain, dilated):
    assert ReferenceEvaluator(made).run(None, {"x": x})[0].ravel()[0] == -np.inf
PY
