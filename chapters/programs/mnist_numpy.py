"""Train a small convolutional network on 6,400 digits of MNIST, in NumPy."""

import numpy as np

from convlib import nn

SEED = 2
TRAIN, VALIDATION = 6400, 1600  # pictures
BATCH = 32
RATES = (0.1, 0.1, 0.01)  # the step sizes of three epochs
DTYPE = "float32"
rng = np.random.default_rng(SEED)

# 1. Read: grey levels 0 to 255, (N, C, H, W) with one channel. The order is random, so
#    a slice is a fair sample. Split before anything is measured.
(x, y), (x_test, y_test) = nn.mnist()
x_train, x_val = x[:TRAIN], x[-VALIDATION:]
y_train, y_val = y[:TRAIN], y[-VALIDATION:]

# 2. Standardise all three parts with the numbers of the training part.
mean, std = x_train.mean(), x_train.std()
x_train, x_val, x_test = (
    ((part - mean) / std).astype(DTYPE) for part in (x_train, x_val, x_test)
)

# 3. The network. Its first weights are drawn as He proposed. The scores leave it as
#    they are: softmax belongs to the loss.
net = nn.Sequential(
    nn.Conv(1, 8, 3, padding=1, rng=rng),
    nn.ReLU(),
    nn.MaxPool(2),
    nn.Conv(8, 16, 3, padding=1, rng=rng),
    nn.ReLU(),
    nn.MaxPool(2),
    nn.Flatten(),
    nn.Dense(16 * 7 * 7, 10, rng=rng),
).astype(DTYPE)
optimizer = nn.SGD(net, lr=0.1)

# 4. Train. Only the training part is shuffled; the validation part is looked at.
validation = []
for rate in RATES:
    optimizer.lr = rate
    for rows in rng.permutation(TRAIN).reshape(-1, BATCH):
        scores = net(x_train[rows])
        loss = nn.softmax_cross_entropy(scores, y_train[rows])
        net.backward(loss.grad)
        optimizer.step()
    validation.append(nn.evaluate(net, x_val, y_val).accuracy)

# 5. The test part, once, in evaluation mode.
scores = nn.predict(net, x_test)
accuracy = (scores.argmax(axis=1) == y_test).mean()

if __name__ == "__main__":
    print(f"{accuracy:.1%} of {len(x_test)} test pictures are read correctly")
