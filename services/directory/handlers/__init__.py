"""What directory does, one use case a function; each opens its own transactions, because signing in needs three."""
