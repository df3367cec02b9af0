"""Films of known motions for the video benchmarks."""
