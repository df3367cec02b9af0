"""From observed tracks to body motions in one world."""
