"""How far from the bare limit: ``./portal bench`` prints ratios, each measured against a limit in the same run."""
