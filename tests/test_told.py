"""What rows are told, in words that can be read again."""

from itertools import combinations

import pytest

from myopinn.records.told import (
    ADAPTED,
    BOTH,
    NO_TRIALS,
    OF_LABELS,
    OTHERS,
    OWN,
    WORDS,
    read_told,
    whose_trials,
    write_told,
)


@pytest.mark.parametrize("past_only", [False, True])
@pytest.mark.parametrize("trials", [OWN, OTHERS, BOTH, ADAPTED, NO_TRIALS])
def test_what_is_written_is_read_whatever_is_told(past_only, trials):
    for count in range(len(WORDS) + 1):
        for things in combinations(WORDS, count):
            text = write_told(things, past_only, trials)
            assert read_told(text) == set(things)
            assert ("whole cycle" in text) <= (not past_only)
            assert text.endswith(trials)
    assert write_told((), past_only, OWN) == "nothing; own trials"
    assert read_told(OF_LABELS) == set()


def test_whose_trials_were_learned_from_is_read_from_the_folds():
    own = {"subject": "ann", "train": ["ann/1", "ann/2"]}
    other = {"subject": "ann", "train": ["bob/1", "eve/1"]}
    mixed = {"subject": "ann", "train": ["bob/1", "ann/1"]}
    # A name that begins like another is another's.
    alike = {"subject": "ann", "train": ["anna/1"]}
    assert whose_trials([own], False) == OWN
    assert whose_trials([other, alike], False) == OTHERS
    assert whose_trials([other], True) == ADAPTED
    assert whose_trials([mixed], False) == whose_trials([own, other], True) == BOTH
    assert whose_trials([], False) == NO_TRIALS
