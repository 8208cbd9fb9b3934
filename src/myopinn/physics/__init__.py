"""Muscle and joint physics in torch: differentiable, batched, and nothing else.

Muscle states are laid out muscle first, (muscle, ...), joint quantities coordinate first. SI.
"""
