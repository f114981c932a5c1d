"""Train a small convolutional network on 1,797 handwritten digits, in PyTorch."""

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED, EPOCHS, BATCH = 0, 8, 64
torch.manual_seed(SEED)

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


def loader(x, y, shuffle):
    """Batches of standardised pictures with their labels, which stay whole numbers."""
    data = TensorDataset(torch.from_numpy((x - mean) / std), torch.from_numpy(y))
    return DataLoader(data, batch_size=BATCH, shuffle=shuffle)


train = loader(x_train, y_train, shuffle=True)
val, test = (
    loader(*part, shuffle=False) for part in ((x_val, y_val), (x_test, y_test))
)

# 3. The network. The scores leave it as they are: softmax belongs to the loss.
net = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1, bias=False),
    nn.BatchNorm2d(16),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3, padding=1, bias=False),
    nn.BatchNorm2d(32),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(128, 10),
)
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=0.005)


def evaluate(batches):
    """The share of right answers, in evaluation mode and without gradients."""
    net.eval()
    with torch.no_grad():
        right = sum((net(x).argmax(dim=1) == y).sum().item() for x, y in batches)
    return right / len(batches.dataset)


# 4. Train. Only the training part is shuffled; the validation part is looked at.
validation = []
for _ in range(EPOCHS):
    net.train()
    for x_batch, y_batch in train:
        optimizer.zero_grad()
        loss_function(net(x_batch), y_batch).backward()
        optimizer.step()
    validation.append(evaluate(val))

# 5. The test part, once, in evaluation mode.
accuracy = evaluate(test)

if __name__ == "__main__":
    print(f"{accuracy:.1%} of {len(x_test)} test pictures are read correctly")
