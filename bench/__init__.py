"""Measurements that the design names, each beside its reference in the same run."""
