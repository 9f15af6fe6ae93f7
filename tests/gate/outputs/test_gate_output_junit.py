from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import verdicts
from junitparser import Failure, JUnitXml, Skipped
from lxml import etree

from scorer.gate.outputs.junit import render

XSD = etree.XMLSchema(etree.parse(Path(__file__).parent / "junit-10.xsd"))


def parsed(text):
    return etree.fromstring(text.encode("utf-8"))


def cases(text):
    """Each case's suite and name with the types of its results, as junitparser reads them."""
    return {
        (suite.name, case.name): [type(result) for result in case.result]
        for suite in JUnitXml.fromstring(text.encode("utf-8"))
        for case in suite
    }


@pytest.mark.parametrize("kind", verdicts.VERDICTS)
def test_junit_follows_the_schema_of_jenkins(kind, rendered):
    XSD.assertValid(parsed(rendered("junit", kind)))


@pytest.mark.parametrize("kind", verdicts.VERDICTS)
def test_junit_counts_are_those_of_its_cases(kind, rendered):
    whole = parsed(rendered("junit", kind))
    for element in [whole, *whole.iter("testsuite")]:
        for attribute, path in (("tests", ".//testcase"), ("failures", ".//failure"), ("skipped", ".//skipped")):
            if attribute in element.attrib:
                assert int(element.get(attribute)) == len(element.findall(path))


def test_junit_has_a_case_for_each_rule_and_finding(rendered):
    found = cases(rendered("junit", "real"))
    german = {name: results for (suite, name), results in found.items() if suite == "locales/de/app.json"}
    assert german == {
        "max_drop.quality": [Failure],
        "new_findings.critical": [Failure],
        "max_drop.chrf": [Skipped],
        "minimum.adequacy": [],
        "coverage": [],
        "negation in device.water": [Failure],
        "number in bill.total": [],
        "doubled_word in bill.total": [],
    }
    assert found["scorer gate", "files"] == [Failure]


def test_junit_undecided_rule_fails_where_the_policy_says_so():
    undecided = verdicts.real().pairs[2]
    page = render(verdicts.verdict(undecided, outcome="undecided", on_undecided="fail"))
    assert cases(page)["locales/ja/app.json", "max_drop.chrf"] == [Failure]


def test_junit_fails_somewhere_exactly_when_the_gate_does(rendered):
    for kind in verdicts.VERDICTS:
        assert cases(rendered("junit", kind))["scorer gate", "verdict"] == ([] if kind == "passed" else [Failure])
    assert not any(cases(rendered("junit", "passed")).values())


def test_junit_failure_holds_both_texts_and_the_place(rendered):
    whole = parsed(rendered("junit", "real"))
    body = whole.find(".//testcase[@name='negation in device.water']/failure").text
    assert "locales/de/app.json:12:28" in body
    assert "source: The device is not waterproof.\nhypothesis: Das Gerät ist wasserdicht.\nbaseline: " in body


def test_junit_cases_have_names_of_their_own():
    segment = dataclasses.replace(verdicts.SEGMENTS[0], findings=(verdicts.NEGATION, verdicts.NEGATION))
    page = render(verdicts.verdict(verdicts.pair(segments=(segment,))))
    assert ("locales/de/app.json", "negation in device.water (2)") in cases(page)


def test_junit_hostile_text_is_text(rendered):
    whole = parsed(rendered("junit", "hostile"))
    assert {element.tag for element in whole.iter()} == {
        "testsuites", "testsuite", "testcase", "failure", "skipped", "system-out",
    }  # fmt: skip
    text = "\n".join(whole.itertext())
    assert "]]> <![CDATA[x]]>" in text
    assert r"\x00\x07\x08\x7f\x9b31m \ufffe\uffff" in text
    assert r"\ud800 lone \xff byte" in text
