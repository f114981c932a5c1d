"""Train a small convolutional network on 1,797 handwritten digits, in NumPy."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from convlib import nn

SEED, EPOCHS, BATCH = 0, 8, 64

# 1. Read, and split before anything is measured.
pictures, labels = load_digits(return_X_y=True)
x = pictures.reshape(-1, 1, 8, 8).astype(np.float32)  # N, C, H, W
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
net = nn.Sequential(
    nn.Conv(1, 16, 3, padding=1, bias=False, rng=1, dtype=np.float32),
    nn.BatchNorm(16, dtype=np.float32),
    nn.ReLU(),
    nn.MaxPool(2),
    nn.Conv(16, 32, 3, padding=1, bias=False, rng=2, dtype=np.float32),
    nn.BatchNorm(32, dtype=np.float32),
    nn.ReLU(),
    nn.MaxPool(2),
    nn.Flatten(),
    nn.Dense(128, 10, rng=3, dtype=np.float32),
)

# 4. Train. Only the training part is shuffled; the validation part is looked at.
history = nn.fit(
    net,
    x_train,
    y_train,
    optimizer=nn.Adam(net, lr=0.005),
    loss=nn.softmax_cross_entropy,
    epochs=EPOCHS,
    batch_size=BATCH,
    validation=(x_val, y_val),
    rng=SEED,
    progress=False,
)
validation = history.val_accuracy

# 5. The test part, once, in evaluation mode.
accuracy = nn.evaluate(net, x_test, y_test).accuracy

if __name__ == "__main__":
    print(f"{accuracy:.1%} of {len(x_test)} test pictures are read correctly")
