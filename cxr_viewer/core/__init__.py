"""Plain values and pure functions of the review: numpy and the standard library only."""
