"""From a drawing to poses: loading the page, reading the figure, solving the body."""
