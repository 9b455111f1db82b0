"""The assessment of abilities by GB/T 42195-2022: answers, signatures, levels."""
