"""Tills as devices: enrolment, the roster they sell by when the line is cut, and what they send afterwards."""
