"""Key poses authored as joint angles: a pose library, and poses that motion capture lacks."""
