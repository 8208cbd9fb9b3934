"""From a C3D file to markers, ground forces, events and EMG envelopes."""
