"""Word lists that the checks share: pure data, a subject a file."""
