"""The same training by everyone: each function trains a workload for so many epochs and returns the seconds it took.

All of them work out the loss of every epoch, and the test loss where there is a test. Loading, first calls and making
loops are not counted. Where a library is not installed, its function raises ImportError.
"""

from collections.abc import Callable
from time import perf_counter

import numpy as np

from benchmarks.workloads import Array, Workload
from nnstep.engine.runner import Runner


def nnstep(work: Workload, epochs: int) -> float:
    """Train with what `nnstep train` and fast-forward run."""
    return _nnstep(work, epochs, "float64")


def nnstep_single(work: Workload, epochs: int) -> float:
    """The same in single precision: `nnstep train --float32`."""
    return _nnstep(work, epochs, "float32")


def _nnstep(work: Workload, epochs: int, kind: str) -> float:
    training = work.compiled.training
    runner, per_epoch = Runner(training, kind), training.batches.per_epoch
    test = training.test if len(training.test) else None

    def train(first: int, last: int) -> None:
        losses: list[float] = []
        if test is None:
            runner.run(last * per_epoch, losses)
            return
        for epoch in range(first, last + 1):
            runner.run(epoch * per_epoch, losses)
            runner.score(test)

    train(1, 2)
    began = perf_counter()
    train(3, epochs + 2)
    return perf_counter() - began


class Tutorial:
    """A network as NumPy tutorials write it: each line makes new arrays."""

    def __init__(self, work: Workload) -> None:
        self.W1, self.b1, self.W2, self.b2 = work.first
        self.softmax, self.rate = work.softmax, work.rate

    def forward(self, X: Array) -> Array:
        """Return the answers (b, j)."""
        self.a1 = 1 / (1 + np.exp(-(X @ self.W1 + self.b1)))
        z2 = self.a1 @ self.W2 + self.b2
        if not self.softmax:
            return 1 / (1 + np.exp(-z2))
        e = np.exp(z2 - np.max(z2, axis=1, keepdims=True))
        return e / np.sum(e, axis=1, keepdims=True)

    def loss(self, y: Array, t: Array) -> float:
        """Return the loss of answers."""
        if self.softmax:
            return float(-np.mean(np.sum(t * np.log(y + 1e-12), axis=1)))
        return float(0.5 * np.sum((y - t) ** 2))

    def backward(self, X: Array, y: Array, t: Array) -> None:
        """Update the weights."""
        d2 = (y - t) / len(X) if self.softmax else (y - t) * y * (1 - y)
        d1 = (d2 @ self.W2.T) * self.a1 * (1 - self.a1)
        self.W2 -= self.rate * (self.a1.T @ d2)
        self.b2 -= self.rate * np.sum(d2, axis=0)
        self.W1 -= self.rate * (X.T @ d1)
        self.b1 -= self.rate * np.sum(d1, axis=0)


def tutorial(work: Workload, epochs: int) -> float:
    """Train the tutorial's class, in a process that has imported scikit-learn, as tutorials have."""
    import sklearn.datasets  # noqa: F401

    X, t, X_test, t_test = work.parts
    net = Tutorial(work)

    def epoch() -> None:
        for start in range(0, len(X), work.batch):
            part, wanted = X[start : start + work.batch], t[start : start + work.batch]
            y = net.forward(part)
            net.loss(y, wanted)
            net.backward(part, y, wanted)
        if len(X_test):
            net.loss(net.forward(X_test), t_test)

    return _timed(epoch, epochs)


def bound(work: Workload, epochs: int) -> float:
    """Work out the products and exponentials alone, into memory that is there: less can't be done in NumPy."""
    X, _t, X_test, _t_test = work.parts
    W1, _, W2, _ = work.first

    def memory(rows: int) -> tuple[Array, ...]:
        hidden, out = W1.shape[1], W2.shape[1]
        return tuple(np.zeros(shape) for shape in ((hidden, rows), (out, rows), (hidden, rows), W1.T.shape, W2.T.shape))

    parts = [np.asfortranarray(X[start : start + work.batch]) for start in range(0, len(X), work.batch)]
    held = {len(part): memory(len(part)) for part in parts}
    test = np.asfortranarray(X_test)
    a, b, *_ = memory(max(1, len(test)))
    W1t, W2t = W1.T.copy(), W2.T.copy()

    def epoch() -> None:
        for part in parts:
            z1, z2, d1, g1, g2 = held[len(part)]
            np.dot(W1t, part.T, z1)
            np.exp(z1, z1)
            np.dot(W2t, z1, z2)
            np.exp(z2, z2)
            np.dot(W2, z2, d1)
            np.dot(z2, z1.T, g2)
            np.dot(d1, part, g1)
        if len(test):
            np.dot(W1t, test.T, a)
            np.exp(a, a)
            np.dot(W2t, a, b)
            np.exp(b, b)

    with np.errstate(all="ignore"):
        return _timed(epoch, epochs)


def scikit_learn(work: Workload, epochs: int) -> float:
    """Train MLPClassifier by partial_fit, with the test loss from its chances."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.metrics import log_loss
    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore", ConvergenceWarning)
    X, t, X_test, t_test = work.parts
    labels = t.argmax(axis=1) if work.softmax else t[:, 0].astype(int)
    labels_test = t_test.argmax(axis=1) if len(t_test) else labels
    classes = np.unique(labels)
    net = MLPClassifier(
        (work.first[0].shape[1],),
        activation="logistic",
        solver="sgd",
        alpha=0,
        batch_size=min(work.batch, len(X)),
        learning_rate_init=work.rate,
        momentum=0,
        shuffle=False,
        random_state=0,
    )
    net.partial_fit(X, labels, classes=classes)

    def epoch() -> None:
        net.partial_fit(X, labels)
        if len(X_test):
            log_loss(labels_test, net.predict_proba(X_test), labels=classes)

    return _timed(epoch, epochs)


def pytorch(work: Workload, epochs: int) -> float:
    """Train with PyTorch, eager, float64, one thread."""
    return _pytorch(work, epochs, "float64")


def pytorch_single(work: Workload, epochs: int) -> float:
    """The same in single precision."""
    return _pytorch(work, epochs, "float32")


def _pytorch(work: Workload, epochs: int, kind: str) -> float:
    import torch
    from torch import nn

    torch.set_num_threads(1)
    dtype = getattr(torch, kind)
    X, t, X_test, t_test = (torch.tensor(part, dtype=dtype) for part in work.parts)
    inputs, hidden, outputs = X.shape[1], work.first[0].shape[1], t.shape[1]
    ending = [] if work.softmax else [nn.Sigmoid()]
    net = nn.Sequential(nn.Linear(inputs, hidden), nn.Sigmoid(), nn.Linear(hidden, outputs), *ending).to(dtype)
    optimizer = torch.optim.SGD(net.parameters(), lr=work.rate)

    def loss_of(y: "torch.Tensor", wanted: "torch.Tensor") -> "torch.Tensor":
        return nn.functional.cross_entropy(y, wanted) if work.softmax else 0.5 * ((y - wanted) ** 2).sum()

    def epoch() -> None:
        for start in range(0, len(X), work.batch):
            optimizer.zero_grad()
            loss = loss_of(net(X[start : start + work.batch]), t[start : start + work.batch])
            loss.backward()
            optimizer.step()
            loss.item()
        if len(X_test):
            with torch.no_grad():
                loss_of(net(X_test), t_test).item()

    return _timed(epoch, epochs)


def _timed(epoch: Callable[[], None], epochs: int) -> float:
    epoch()
    epoch()
    began = perf_counter()
    for _ in range(epochs):
        epoch()
    return perf_counter() - began


PEERS = {
    "tutorial": ("NumPy as tutorials write it", tutorial),
    "nnstep": ("**nnstep**, float64", nnstep),
    "nnstep_single": ("**nnstep --float32**", nnstep_single),
    "scikit_learn": ("scikit-learn, partial_fit and test loss", scikit_learn),
    "pytorch": ("PyTorch eager, float64", pytorch),
    "pytorch_single": ("PyTorch eager, float32", pytorch_single),
    "bound": ("products and exp alone", bound),
}
