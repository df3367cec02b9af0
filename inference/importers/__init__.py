"""Motion files of other programs, read to BodyMotion; and the ones we write for them."""
