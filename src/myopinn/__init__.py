"""Physics-informed and neural musculoskeletal models from EMG, reproducible from raw C3D."""
