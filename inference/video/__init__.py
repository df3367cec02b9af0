"""Photos and clips of people: decoding, observing, tracking, solving."""
