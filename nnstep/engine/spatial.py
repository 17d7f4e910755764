"""NumPy for images: windows that are read from them, and what goes back from windows to images.

Images are (b, c, y, x), kernels (k, c, p, q); `v u` are row and column of what the windows make.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnstep.engine.cell import Array


def windows(img: Array, size: int, stride: int) -> Array:
    """Return every window that fits into the images, as a view: (b, c, v, u, p, q)."""
    every: Array = sliding_window_view(img, (size, size), axis=(2, 3))  # (b, c, y, x, p, q)
    return every[:, :, ::stride, ::stride]


def convolve(img: Array, ker: Array, stride: int) -> Array:
    """Return each window times each kernel, added up: (b, k, v, u)."""
    made = np.tensordot(windows(img, ker.shape[-1], stride), ker, axes=((1, 4, 5), (1, 2, 3)))  # (b, v, u, k)
    return np.ascontiguousarray(np.moveaxis(made, -1, 1))


def convolve_back(d: Array, ker: Array, stride: int, shape: tuple[int, int]) -> Array:
    """Return what each pixel of images of this shape gets from all windows that read it: (b, c, y, x)."""
    parts = np.tensordot(d, ker, axes=(1, 0))  # (b, v, u, c, p, q)
    return spread(np.moveaxis(parts, 3, 1), stride, shape)


def convolve_kernel(img: Array, d: Array, stride: int, size: int) -> Array:
    """Return each kernel cell's pixels times the signals of the windows they were in, added up: (k, c, p, q)."""
    seen = windows(img, size, stride)  # (b, c, v, u, p, q)
    made: Array = np.tensordot(d, seen, axes=((0, 2, 3), (0, 2, 3)))  # (k, c, p, q)
    return made


def winners(img: Array, size: int, stride: int) -> Array:
    """Return the number of the first largest pixel of each window, counted row after row: (b, c, v, u)."""
    seen = windows(img, size, stride)
    numbers: Array = seen.reshape(*seen.shape[:4], -1).argmax(axis=-1).astype(np.float64)  # (b, c, v, u)
    return numbers


def spread(parts: Array, stride: int, shape: tuple[int, int]) -> Array:
    """Return images of this shape to which each window adds its part at its place. parts: (b, c, v, u, p, q)."""
    made = np.zeros((*parts.shape[:2], *shape))  # (b, c, y, x)
    down, across, size = parts.shape[2], parts.shape[3], parts.shape[4]
    for p in range(size):
        for q in range(size):
            made[:, :, p : p + down * stride : stride, q : q + across * stride : stride] += parts[..., p, q]
    return made


def spread_to_winners(winner: Array, d: Array, size: int, stride: int, shape: tuple[int, int]) -> Array:
    """Return images of this shape where each signal goes to the pixel that won its window: (b, c, y, x)."""
    won = winner[..., None] == np.arange(size * size)  # (b, c, v, u, p·q)
    parts = np.where(won, d[..., None], 0.0)  # (b, c, v, u, p·q)
    return spread(parts.reshape(*d.shape, size, size), stride, shape)


def spread_evenly(d: Array, size: int, stride: int, shape: tuple[int, int]) -> Array:
    """Return images of this shape where each signal goes to all pixels of its window: (b, c, y, x)."""
    return spread(np.broadcast_to(d[..., None, None], (*d.shape, size, size)), stride, shape)


def border(img: Array, padding: int) -> Array:
    """Return the images with so many rows and columns of zeros on each side: (b, c, y, x)."""
    return np.pad(img, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


NAMESPACE = {
    made.__name__: made
    for made in (
        windows,
        convolve,
        convolve_back,
        convolve_kernel,
        winners,
        spread_to_winners,
        spread_evenly,
        border,
    )
}
