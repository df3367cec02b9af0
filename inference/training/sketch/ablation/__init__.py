"""What matters in teaching the sketch network, measured on small runs of one budget."""
