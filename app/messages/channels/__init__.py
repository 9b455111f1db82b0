"""The ways by which messages leave, behind one small interface."""
