"""FAQ entries, embedder, index, answer policy and calibration."""
