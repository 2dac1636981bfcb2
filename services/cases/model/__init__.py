"""What a case is and what may happen to it: pure decisions, which know neither database nor clock."""
