"""Points that end: the sweep that books them, what becomes of them, and notice beforehand."""
