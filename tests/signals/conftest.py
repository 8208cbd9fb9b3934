"""The tests of signals write the trials of a walk."""

from walking_trial import gait

__all__ = ["gait"]
