"""Being told: the notice centre, the one outbox of messages, and the channels they leave by."""
