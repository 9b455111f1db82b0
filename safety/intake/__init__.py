"""The ways in for events: the API, the message broker, what is kept of them and for how long."""
