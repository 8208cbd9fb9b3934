"""Cycles of 100 frames, and the folds that hold trials out."""
