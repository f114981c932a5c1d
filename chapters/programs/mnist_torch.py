"""Train a small convolutional network on 6,400 digits of MNIST, in PyTorch."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from convlib.nn import mnist

SEED = 2
TRAIN, VALIDATION = 6400, 1600  # pictures
BATCH = 32
RATES = (0.1, 0.1, 0.01)  # the step sizes of three epochs
DTYPE = "float32"
rng = np.random.default_rng(SEED)
torch.set_num_threads(1)  # so small a network gains nothing from more

# 1. Read: grey levels 0 to 255, (N, C, H, W) with one channel. The order is random, so
#    a slice is a fair sample. Split before anything is measured.
(x, y), (x_test, y_test) = mnist()
x_train, x_val = x[:TRAIN], x[-VALIDATION:]
y_train, y_val = y[:TRAIN], y[-VALIDATION:]

# 2. Standardise all three parts with the numbers of the training part.
mean, std = x_train.mean(), x_train.std()


def dataset(x, y):
    """Standardised pictures with their labels, which stay whole numbers."""
    pictures = ((x - mean) / std).astype(DTYPE)
    return TensorDataset(torch.from_numpy(pictures), torch.from_numpy(y))


train = dataset(x_train, y_train)
val = DataLoader(dataset(x_val, y_val), batch_size=400)
test = DataLoader(dataset(x_test, y_test), batch_size=400)

# 3. The network. Its first weights are drawn as He proposed. The scores leave it as
#    they are: softmax belongs to the loss.
net = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(8, 16, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(16 * 7 * 7, 10),
).to(getattr(torch, DTYPE))
for layer in (net[0], net[3], net[7]):
    w = rng.standard_normal(layer.weight.shape) * np.sqrt(2 / layer.weight[0].numel())
    layer.weight.data.copy_(torch.from_numpy(w))
    layer.bias.data.zero_()
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)


def predict(batches):
    """Scores, in evaluation mode and without gradients."""
    net.eval()
    with torch.no_grad():
        return np.concatenate([net(x_batch).numpy() for x_batch, _ in batches])


# 4. Train. Only the training part is shuffled; the validation part is looked at.
#    (`shuffle=True` would do, with an order that no other program knows.)
validation = []
for rate in RATES:
    optimizer.param_groups[0]["lr"] = rate
    order = rng.permutation(TRAIN).reshape(-1, BATCH).tolist()
    net.train()
    for x_batch, y_batch in DataLoader(train, batch_sampler=order):
        optimizer.zero_grad()
        loss_function(net(x_batch), y_batch).backward()
        optimizer.step()
    validation.append((predict(val).argmax(axis=1) == y_val).mean())

# 5. The test part, once, in evaluation mode.
scores = predict(test)
accuracy = (scores.argmax(axis=1) == y_test).mean()

if __name__ == "__main__":
    print(f"{accuracy:.1%} of {len(x_test)} test pictures are read correctly")
