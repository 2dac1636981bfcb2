"""Opens the vault for whom may: a process of its own, sole holder of the private key and of SELECT on vault.tip."""
