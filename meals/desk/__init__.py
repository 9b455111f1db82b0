"""The auditor's desk of meals: sums kept by day, comparisons of months and areas, recomputing, exports."""
