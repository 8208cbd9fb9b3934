"""The stretch of a processed recording that a trial is."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from myopinn.errors import TrialError
from myopinn.files.processed import cut_stretch, read_recording

FILE = Path("angles.sto")
TIMES = np.arange(100) / 10.0
WHOLE = pd.DataFrame({"knee": np.sin(TIMES)}, index=TIMES)


def test_both_ends_belong_to_a_stretch_whatever_the_last_digits():
    part = cut_stretch(WHOLE, 2.0 + 1e-9, 5.0 - 1e-9, FILE)
    assert list(part.index[[0, -1]]) == pytest.approx([2.0, 5.0]) and len(part) == 31
    pd.testing.assert_frame_equal(part, WHOLE.loc[1.99:5.01])


def test_an_end_that_is_not_given_is_the_recordings_own():
    pd.testing.assert_frame_equal(cut_stretch(WHOLE, np.nan, np.nan, FILE), WHOLE)
    assert cut_stretch(WHOLE, np.nan, 1.0, FILE).index[0] == 0.0


def test_a_margin_reaches_as_far_as_there_are_frames():
    part = cut_stretch(WHOLE, 0.2, 1.0, FILE, margin_s=0.5)
    assert list(part.index[[0, -1]]) == pytest.approx([0.0, 1.5])


def test_what_is_no_trial_is_refused(tmp_path):
    with pytest.raises(TrialError, match=r"angles\.sto: holds 1 frames .*2 to 2\.05 s"):
        cut_stretch(WHOLE, 2.0, 2.05, FILE)
    gap = WHOLE.assign(hip=np.where(TIMES == 3.0, np.nan, 1.0))
    with pytest.raises(TrialError, match="values of hip are no numbers"):
        cut_stretch(gap, 2.0, 4.0, FILE)
    # A gap elsewhere is no fault of this trial.
    assert len(cut_stretch(gap, 4.0, 5.0, FILE)) == 11
    with pytest.raises(TrialError, match=r"none\.sto: cannot be read.*Remedy"):
        read_recording(tmp_path / "none.sto")
