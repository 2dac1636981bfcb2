"""What cases does with what it is told: each use case reads its cases once, decides by the model, writes back once."""
