"""What docker-compose.yml's one-shot steps do: make secrets, hand each program its own, and nothing of the others'."""
