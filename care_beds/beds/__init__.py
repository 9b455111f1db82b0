"""A family care bed from the application to its closing: steps, adaptation, devices, suspensions."""
