"""Says who must have received what, from the inputs and the reference sheets alone. Imports no service."""
