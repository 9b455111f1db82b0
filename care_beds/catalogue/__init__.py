"""The services a carer gives at home: unit, minutes, price and what is ticked, by policy."""
