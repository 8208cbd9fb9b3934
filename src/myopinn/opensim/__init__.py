"""OpenSim's tools, safely run and checked."""
