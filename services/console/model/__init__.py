"""What a unit may see of a case: pure decisions over kept events, which know neither database nor page."""
