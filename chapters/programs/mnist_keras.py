"""Train a small convolutional network on 6,400 digits of MNIST, in Keras."""

import os

os.environ["KERAS_BACKEND"] = "torch"  # before Keras is imported

import keras
import numpy as np
from keras import layers

from convlib.nn import mnist

SEED = 2
TRAIN, VALIDATION = 6400, 1600  # pictures
BATCH = 32
RATES = (0.1, 0.1, 0.01)  # the step sizes of three epochs
rng = np.random.default_rng(SEED)

# 1. Read: grey levels 0 to 255, (N, C, H, W) with one channel, which Keras wants last.
#    The order is random, so a slice is a fair sample. Split before anything is
#    measured. A label becomes a row with a single 1.
(x, y), (x_test, y_test) = mnist()
x, x_test = np.moveaxis(x, 1, -1), np.moveaxis(x_test, 1, -1)  # N, H, W, C
one_hot = keras.utils.to_categorical(y, 10)
x_train, x_val = x[:TRAIN], x[-VALIDATION:]
y_train, y_val = one_hot[:TRAIN], one_hot[-VALIDATION:]

# 2. Standardise all three parts with the numbers of the training part.
mean, std = x_train.mean(), x_train.std()
x_train, x_val, x_test = (
    ((part - mean) / std).astype("float32") for part in (x_train, x_val, x_test)
)

# 3. The network. Its first weights are drawn as He proposed. The scores leave it as
#    they are: softmax belongs to the loss.
net = keras.Sequential(
    [
        layers.Input((28, 28, 1)),
        layers.Conv2D(8, 3, padding="same"),
        layers.ReLU(),
        layers.MaxPooling2D(2),
        layers.Conv2D(16, 3, padding="same"),
        layers.ReLU(),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(10),
    ]
)
for number, shape in ((0, (8, 1, 3, 3)), (3, (16, 8, 3, 3)), (7, (10, 16, 7, 7))):
    w = rng.standard_normal(shape) * np.sqrt(2 / np.prod(shape[1:]))
    kernel = net.layers[number].kernel
    kernel.assign(w.transpose(2, 3, 1, 0).reshape(kernel.shape))  # H, W, in, out
net.compile(
    optimizer=keras.optimizers.SGD(),
    loss=keras.losses.CategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)

# 4. Train. Only the training part is shuffled; the validation part is looked at.
#    (`fit` would shuffle by itself, into an order that no other program knows.)
validation = []
for rate in RATES:
    net.optimizer.learning_rate = rate
    order = rng.permutation(TRAIN)
    history = net.fit(
        x_train[order],
        y_train[order],
        batch_size=BATCH,
        shuffle=False,
        validation_data=(x_val, y_val),
        verbose=0,
    )
    validation += history.history["val_accuracy"]

# 5. The test part, once, in evaluation mode.
scores = net.predict(x_test, verbose=0)
accuracy = (scores.argmax(axis=1) == y_test).mean()

if __name__ == "__main__":
    print(f"{accuracy:.1%} of {len(x_test)} test pictures are read correctly")
