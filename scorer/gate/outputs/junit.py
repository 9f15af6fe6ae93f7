"""The verdict as JUnit XML, for GitLab, Jenkins and others: a suite a file, a case a rule and a case a finding.

There is no standard; this keeps to what the schema of Jenkins' xUnit plugin (junit-10.xsd) admits, which has no place
for a case's file and line: they are in the suite's `file` and in the message.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Sequence

from scorer.gate import outputs
from scorer.gate.outputs import sentences
from scorer.gate.outputs.characters import shown
from scorer.gate.outputs.problems import counts
from scorer.gate.outputs.sides import findings, sides
from scorer.gate.verdict import Cause, JudgedSegment, PairVerdict, Placed, Ruling, Verdict

N_CAUSES = 10
LONGEST_TEXT = 2_000
# The suite of rules about the run as a whole.
WHOLE = "scorer gate"
TAGS = {"fail": "failure", "undecided": "skipped"}


@outputs.register("junit", ".xml")
def render(verdict: Verdict) -> str:
    """Return JUnit XML; undecided rules are skipped, or failures where the policy has them fail."""
    suites = [_suite(WHOLE, "", [_whole(verdict), *(_rule(verdict, WHOLE, ruling, "") for ruling in verdict.rulings)])]
    suites += [_suite(each.name, each.name, list(_cases(verdict, each))) for each in verdict.pairs]
    whole = ET.Element("testsuites", {"name": WHOLE, **_counts([case for suite in suites for case in suite])})
    del whole.attrib["skipped"]  # only suites count what was skipped
    whole.extend(suites)
    ET.indent(whole, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(whole, encoding="unicode")}\n'


def _suite(name: str, file: str, cases: Sequence[ET.Element]) -> ET.Element:
    attributes = {"name": shown(name), **_counts(cases), **({"file": shown(file)} if file else {})}
    suite = ET.Element("testsuite", attributes)
    suite.extend(cases)
    return suite


def _counts(cases: Sequence[ET.Element]) -> dict[str, str]:
    tags = Counter(child.tag for case in cases for child in case)
    n = {"tests": len(cases), "failures": tags["failure"], "errors": 0, "skipped": tags["skipped"]}
    return {key: str(value) for key, value in n.items()}


def _cases(verdict: Verdict, pair: PairVerdict) -> Iterator[ET.Element]:
    for ruling in pair.rulings:
        lines = [line for cause in ruling.causes[:N_CAUSES] for line in _cause(pair, ruling, cause)]
        lines += filter(None, [sentences.rest(ruling, N_CAUSES, "the JSON output lists all")])
        yield _rule(verdict, pair.name, ruling, "\n".join(lines))
    blocking = [ruling for ruling in pair.rulings if sentences.blocks(verdict, ruling)]
    seen: Counter[str] = Counter()
    for segment, placed in pair.findings():
        # Named without its line, so that a run after an insertion knows it again.
        name = f"{placed.finding.check} in {segment.id}"
        seen[name] += 1
        name += f" ({seen[name]})" if seen[name] > 1 else ""
        yield _finding(pair, segment, placed, name, any(counts(ruling, placed) for ruling in blocking))


def _whole(verdict: Verdict) -> ET.Element:
    """Return the case that fails whenever the gate does, whatever makes it."""
    case, sentence = _case(WHOLE, "verdict"), shown(verdict.sentence, LONGEST_TEXT)
    if verdict.passes:
        ET.SubElement(case, "system-out").text = sentence
    else:
        ET.SubElement(case, "failure", {"type": verdict.outcome, "message": sentence}).text = sentence
    return case


def _case(file: str, name: str) -> ET.Element:
    return ET.Element("testcase", {"classname": shown(file), "name": shown(name, 300), "time": "0"})


def _rule(verdict: Verdict, file: str, ruling: Ruling, body: str) -> ET.Element:
    case = _case(file, ruling.rule)
    message = shown(ruling.message, LONGEST_TEXT)
    if ruling.outcome != "pass":
        tag = "failure" if sentences.blocks(verdict, ruling) else TAGS[ruling.outcome]
        outcome = ET.SubElement(case, tag, {"type": shown(ruling.rule), "message": message})
        outcome.text = "\n".join(filter(None, [message, body]))
    elif message:
        ET.SubElement(case, "system-out").text = message
    return case


def _finding(pair: PairVerdict, segment: JudgedSegment, placed: Placed, name: str, blocks: bool) -> ET.Element:
    case = _case(pair.name, name)
    message = shown(f"{placed.finding.severity} {sentences.told(placed)}", LONGEST_TEXT)
    body = "\n".join([message, shown(sentences.place(pair, placed.start)), *_texts(segment)])
    if blocks:
        ET.SubElement(case, "failure", {"type": placed.finding.severity, "message": message}).text = body
    else:
        ET.SubElement(case, "system-out").text = body
    return case


def _texts(segment: JudgedSegment) -> list[str]:
    return [f"{label}: {shown(text, LONGEST_TEXT)}" for label, text, _ in sides(segment)]


def _cause(pair: PairVerdict, ruling: Ruling, cause: Cause) -> list[str]:
    segment = pair.segments[cause.segment]
    head = f"\n{shown(segment.id, 300)} at {shown(sentences.place(pair, segment.place))}"
    told = ", ".join(filter(None, [sentences.segment_values(segment), sentences.effect(ruling, cause)]))
    found = [shown(f"{each.finding.severity} {sentences.told(each)}", LONGEST_TEXT) for each in findings(segment)]
    return [head, *([told] if told else []), *_texts(segment), *found]
