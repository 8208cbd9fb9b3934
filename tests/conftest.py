"""What the tests of several rooms share."""

from walking_trial import gait

__all__ = ["gait"]
