"""Family care beds: from the assessment of a frail person to visits that are paid because they happened."""
