"""Envelopes of muscles that no electrode reaches."""
