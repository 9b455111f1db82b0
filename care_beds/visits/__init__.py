"""Care plans and the visits they become: planned, moved, covered, missed, excepted."""
