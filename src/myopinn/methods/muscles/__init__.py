"""Hill-type muscles that are calibrated to a person."""
