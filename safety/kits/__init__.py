"""Homes with a kit, the devices in them, the gateways they speak through, and who may be called."""
