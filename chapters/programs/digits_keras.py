"""Train a small convolutional network on 1,797 handwritten digits, in Keras."""

import os

os.environ["KERAS_BACKEND"] = "torch"  # before Keras is imported

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SEED, EPOCHS, BATCH = 0, 8, 64
keras.utils.set_random_seed(SEED)

# 1. Read, and split before anything is measured.
pictures, labels = load_digits(return_X_y=True)
x = pictures.reshape(-1, 8, 8, 1).astype(np.float32)  # N, H, W, C
x_fit, x_test, y_fit, y_test = train_test_split(
    x, labels, test_size=0.25, stratify=labels, random_state=SEED
)
x_train, x_val, y_train, y_val = train_test_split(
    x_fit, y_fit, test_size=0.2, stratify=y_fit, random_state=SEED
)

# 2. Standardise all three parts with the numbers of the training part.
mean, std = x_train.mean(), x_train.std()
x_train, x_val, x_test = ((part - mean) / std for part in (x_train, x_val, x_test))

# 3. The network. The scores leave it as they are: softmax belongs to the loss.
net = keras.Sequential(
    [
        layers.Input((8, 8, 1)),
        layers.Conv2D(16, 3, padding="same", use_bias=False),
        layers.BatchNormalization(momentum=0.9, epsilon=1e-5),
        layers.ReLU(),
        layers.MaxPooling2D(2),
        layers.Conv2D(32, 3, padding="same", use_bias=False),
        layers.BatchNormalization(momentum=0.9, epsilon=1e-5),
        layers.ReLU(),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(10),
    ]
)
net.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.005, epsilon=1e-8),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)

# 4. Train. Only the training part is shuffled; the validation part is looked at.
history = net.fit(
    x_train,
    y_train,
    epochs=EPOCHS,
    batch_size=BATCH,
    shuffle=True,
    validation_data=(x_val, y_val),
    verbose=0,
)
validation = history.history["val_accuracy"]

# 5. The test part, once, in evaluation mode.
loss, accuracy = net.evaluate(x_test, y_test, batch_size=BATCH, verbose=0)

if __name__ == "__main__":
    print(f"{accuracy:.1%} of {len(x_test)} test pictures are read correctly")
