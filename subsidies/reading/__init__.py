"""The parts of ``subsidies.queries``: wallets and statements, accounts and the trial balance, answers."""
