"""Who did what to which record, and who saw what: a log that is only ever added to."""
