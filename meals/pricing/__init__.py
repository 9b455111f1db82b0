"""What a meal costs whom: the terms of a policy, the facts of a sale, and the split between payers."""
