r"""Log lines that a build service could take for its own commands.

GitHub's runner obeys a line that begins, after spaces, with `::name`, and `##[name]` wherever it stands in a line
(actions/runner, `ActionCommand.TryParseV2` and `TryParse`); Azure Pipelines obeys `##vso[` and `##[`, and TeamCity
`##teamcity[`. Text under test must not speak to them.
"""

from __future__ import annotations

import re

_LEADING = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
_HASHES = re.compile(r"##(?=\w{0,20}\[)")


def disarmed(log: str) -> str:
    r"""Return a log in which no line is a command: what would make it one is written as `\x3a:` and `#\x23[`."""
    return _HASHES.sub(r"#\\x23", _LEADING.sub(r"\1\\x3a", log))
