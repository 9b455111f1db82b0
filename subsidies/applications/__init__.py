"""Applications for an allowance: who asks for whom, documents, deadlines, decisions and their appeals."""
