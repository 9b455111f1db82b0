"""The auditor's desk of points: sums of the books kept by day, lists of movements, grants recomputed."""
