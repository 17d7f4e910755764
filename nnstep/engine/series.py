"""A long series of numbers in bounded space: where it grows too long, every second point goes."""

from dataclasses import field

from nnstep.records import dataclass

LIMIT = 1 << 16


@dataclass
class Series:
    """Numbers in the order they came.

    spacing: how many numbers came for each point that is kept. points: those kept, the first of each group.
    latest: the last number that came, kept or not; where `first` began it, the last one that was kept of those.
    """

    limit: int = LIMIT
    spacing: int = 1
    count: int = 0
    latest: float = float("nan")
    points: list[float] = field(default_factory=list)

    def add(self, number: float) -> None:
        """Add the next number."""
        if self.count % self.spacing == 0:
            self.points.append(number)
        self.count += 1
        self.latest = number
        if len(self.points) > self.limit:
            del self.points[1::2]
            self.spacing *= 2

    def at(self, count: int) -> float:
        """Return the number that came as the `count`-th; where it is not kept, the one before it that is."""
        return self.latest if count == self.count else self.points[(count - 1) // self.spacing]

    def upto(self, count: int) -> list[float]:
        """Return the kept points among the first `count` numbers."""
        return self.points[: -(-count // self.spacing)]

    def first(self, count: int) -> "Series":
        """Return a series of its own of the first `count` numbers, to which others can be added."""
        points = self.upto(count)
        return Series(self.limit, self.spacing, count, points[-1] if points else float("nan"), points)
