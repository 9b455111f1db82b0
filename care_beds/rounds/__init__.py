"""The carer's day on the phone, the sticker at the bed, and what the family sees of a visit."""
