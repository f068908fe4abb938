"""What may be shown: no number of 1 to 4, and none that can be found by subtracting.

A running count is rounded down to whole fives at the end of each month, and a month is shown as the
difference of two such ends. So every sum over any period is a multiple of five, at most four from
the truth however long the period is, and no subtraction gives more than what is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate, pairwise

STEP = 5
SHARE_FROM, EXACT_FROM = 50, 500
"""Of fewer no share is shown; of fewer than the second only to the nearest STEP per cent."""


def shown(before: int, monthly: Iterable[int]) -> list[int]:
    """``shown(3, [1, 2, 7]) == [0, 5, 5]``: ``before`` is everything counted earlier."""
    ends = [end - end % STEP for end in accumulate(monthly, initial=before)]
    return [later - earlier for earlier, later in pairwise(ends)]


def per_cent(part: int, whole: int) -> int | None:
    """Of shown numbers; None where the rounding would say more than the share."""
    if whole < SHARE_FROM:
        return None
    exact = 100 * min(part, whole) / whole
    return round(exact) if whole >= EXACT_FROM else STEP * round(exact / STEP)
