"""Models of the effective-dated reference data, their reading from CSV and the questions that are asked of them."""
