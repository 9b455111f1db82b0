"""Who gives care: providers with their papers, carers with certificates that expire, kin they declared."""
