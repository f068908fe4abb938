"""How sure a reading must be before it counts, and how much is asked at most.

Chosen on `make evaluate` and the simulated citizens; one place, so that a change is one line.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Thresholds:
    sign_in_opening: float = 0.20
    """A sign of a track that is told unasked in the matter told first."""
    else_in_opening: float = 0.70
    """The same for any other criterion, and for a no. What calms, such as a body that holds, is
    asked about unless it was plainly told."""
    sign_later: float = 0.98
    """A sign inside an answer to another question."""
    else_later: float = 0.85
    sign_in_correction: float = 0.25
    hint_in_correction: float = 0.04
    """The same for the surest of signs, where none reaches it."""
    latest_in_correction: float = 0.75
    """Share at which a correction that names nothing turns an answer round."""
    track_in_opening: float = 0.30
    track_besides: float = 0.60
    """The same for a track besides the one that is surest, unless a clause plainly tells of it."""
    sign_shows_track: float = 0.995
    track_later: float = 0.97
    answer: float = 0.58
    """Share of yes (or no) at which an answer without a plain yes or no is settled."""
    answer_second_try: float = 0.50
    override: float = 0.90
    """Share at which a long telling outweighs a "don't know" in it."""
    override_yes_no: float = 0.97
    """The same for a telling that begins or ends with a yes or no."""
    never: float = 1.1
    long_answer_words: int = 6
    """Below it a yes or no is a yes or no, whatever else is said."""


THRESHOLDS = Thresholds()

QUESTION_LIMIT = {"web": 18, "sms": 12, "phone": 12}
"""Criteria questions at most, by channel."""
