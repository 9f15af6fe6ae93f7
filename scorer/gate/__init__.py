"""The quality gate: a policy, its rules and guards, and the verdict behind all outputs."""
