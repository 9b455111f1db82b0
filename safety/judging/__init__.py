"""What the events of a home mean: rules, the rhythm of the home, and why something was judged."""
