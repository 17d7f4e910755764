"""How long hypothesis searches where a test has a reason for more or fewer examples than others."""

from hypothesis import settings

_USUAL = 20  # of the profile, where EXAMPLES says nothing


def examples(count: int) -> int:
    """Return how many examples a test takes that takes `count` of them where others take the usual number."""
    return max(1, count * settings().max_examples // _USUAL)
