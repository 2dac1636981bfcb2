"""What intake does: one use case, one function, one transaction that the edge commits."""
