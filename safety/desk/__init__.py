"""The alert desk: the live list, the card of the person, the story of an alert, figures of the service."""
