"""The command `phoihop`: one file a command group."""
