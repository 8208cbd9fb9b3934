"""One data module, one Lightning module, one way to track a fit."""
