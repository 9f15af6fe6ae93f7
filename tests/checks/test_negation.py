import pytest

from scorer.checks.negation import negation
from scorer.types import Finding, Languages, Segment


def findings(source: str | None, hypothesis: str, languages: str, references: tuple[str, ...] = ()) -> list[Finding]:
    return list(negation(Segment(0, source, hypothesis, references, Languages(*languages.split("-")))))


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages"),
    [
        ("The device is not waterproof.", "Das Gerät ist wasserdicht.", "en-de"),
        ("The device isn't waterproof.", "L'appareil est étanche.", "en-fr"),
        ("The device is not waterproof.", "El aparato es resistente al agua.", "en-es"),
        ("The device is not waterproof.", "Il dispositivo è resistente all'acqua.", "en-it"),
        ("The device is not waterproof.", "O aparelho é à prova de água.", "en-pt"),
        ("The device is not waterproof.", "Het apparaat is waterdicht.", "en-nl"),
        ("The device is not waterproof.", "Устройство водонепроницаемо.", "en-ru"),
        ("The device is not waterproof.", "该设备防水。", "en-zh"),
        ("Das Gerät ist nicht wasserdicht.", "The device is waterproof.", "de-en"),
        ("这个设备不能防水。", "The device is waterproof.", "zh-en"),
        ("Он не пришёл.", "He came.", "ru-en"),
        ("Il ne vient pas.", "He is coming.", "fr-en"),
        ("Nadie lo sabe.", "Everyone knows it.", "es-en"),
        ("To nie jest prawda.", "This is true.", "pl-en"),
    ],
)
def test_negation_lost_major(source: str, hypothesis: str, languages: str) -> None:
    (finding,) = findings(source, hypothesis, languages)
    assert (finding.severity, finding.dimension) == ("major", "adequacy")
    assert finding.message.startswith("negation lost")
    assert finding.source_span is not None


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages"),
    [
        ("The device is waterproof.", "Das Gerät ist nicht wasserdicht.", "en-de"),
        ("Das Gerät ist wasserdicht.", "The device isn't waterproof.", "de-en"),
        ("设备可以使用。", "The device does not work.", "zh-en"),
    ],
)
def test_negation_added_major(source: str, hypothesis: str, languages: str) -> None:
    (finding,) = findings(source, hypothesis, languages)
    assert finding.severity == "major"
    assert finding.message.startswith("negation added")
    assert finding.hypothesis_span is not None


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages"),
    [
        ("Not only the price rose.", "Der Preis stieg ebenfalls.", "en-de"),
        ("Kein Wunder, dass er lachte.", "Small surprise that he laughed.", "de-en"),
        ("He is not able to come.", "Er ist unfähig zu kommen.", "en-de"),
        ("He did not come.", "Er blieb fern, ohne zu kommen.", "en-de"),
        ("Er schaffte es nicht.", "He failed to do it.", "de-en"),
        ("No. 5 won.", "Nummer 5 gewann.", "en-de"),
        ("They just can't help themselves.", "Sie können einfach nicht anders.", "en-de"),
        ("Wouldn't it be great?", "Wäre es nicht toll.", "en-de"),
        ("in case of a no-deal Brexit", "im Falle eines No-Deal-Brexits", "en-de"),
        ('Chants of "No justice, no peace"', "Rufe wie „No justice, no peace“", "en-de"),
        ("I am outside of the EU.", "我不在欧盟。", "en-zh"),
        ("Employers have underutilized services.", "Arbeitgeber haben nicht ausgelastete Dienste.", "en-de"),
        ("Jerry (not his real name) came.", "杰瑞（化名）来了。", "en-zh"),
        ("化妆师也是首屈一指的", "The makeup artists are second to none.", "zh-en"),
        ("没过多久他就来了", "Soon he came.", "zh-en"),
        ("设计，无处不在", "Design, everywhere", "zh-en"),
        ("到没到呀", "Are you there", "zh-en"),
        ("Don't hesitate to call.", "Rufen Sie gern an.", "en-de"),
        ("他不仅来了，还唱了歌。", "He came and sang as well.", "zh-en"),
        ("可不可以退款", "Can I get the money back", "zh-en"),
        ("il fait le premier pas", "he takes the first step", "fr-en"),
        ("I do not know.", "Ich weiß es nicht.", "en-de"),
        ("The device is not waterproof.", "Zařízení je vodotěsné.", "en-xx"),
        ("", "He did not come.", "de-en"),
        ("He did not come.", "", "en-de"),
    ],
)
def test_negation_idiom_or_rendered_silent(source: str, hypothesis: str, languages: str) -> None:
    assert findings(source, hypothesis, languages) == []


def test_negation_question_minor() -> None:
    found = findings("Он не может повторить это снова?", "Can he do this again?", "ru-en")
    assert [finding.severity for finding in found] == ["minor"]


def test_negation_long_segment_minor() -> None:
    source = "He did not come to the meeting " + "and the people of the town stood there " * 6
    hypothesis = "Er kam zur Sitzung " + "und die Menschen der Stadt standen da " * 6
    assert [finding.severity for finding in findings(source, hypothesis, "en-de")] == ["minor"]


def test_negation_reference_lacks_it_too_silent() -> None:
    assert findings("I could not agree more.", "Ich bin dafür.", "en-de", ("Ganz meine Meinung.",)) == []


@pytest.mark.parametrize(
    ("reference", "hypothesis", "severity"),
    [
        ("He said that they will not close the school.", "He said that they will close the school.", "major"),
        ("They will close the school in June.", "They will never close the school in June.", "major"),
        ("She is not able to walk home today.", "She is unable to walk home today.", None),
        ("They will not close the school.", "They won't close the school.", None),
    ],
)
def test_negation_same_language_table(reference: str, hypothesis: str, severity: str | None) -> None:
    found = findings(None, hypothesis, "en-en", (reference,))
    assert [finding.severity for finding in found] == ([severity] if severity else [])


def test_negation_span_is_the_word() -> None:
    (finding,) = findings("The device is not waterproof.", "Das Gerät ist wasserdicht.", "en-de")
    assert finding.source_span == (14, 17)


YET = {
    "de": ("Der Rat hat noch nicht entschieden.", "Der Rat hat bereits entschieden."),
    "fr": ("Le conseil n'a pas encore décidé.", "Le conseil a déjà décidé."),
    "es": ("El consejo todavía no ha decidido.", "El consejo ya ha decidido."),
    "it": ("Il consiglio non ha ancora deciso.", "Il consiglio ha già deciso."),
    "pt": ("O conselho ainda não decidiu.", "O conselho já decidiu."),
    "nl": ("De raad heeft nog niet besloten.", "De raad heeft al besloten."),
    "ru": ("Совет ещё не решил.", "Совет уже решил."),
    "pl": ("Rada jeszcze nie zdecydowała.", "Rada już zdecydowała."),
    "cs": ("Rada ještě nerozhodla.", "Rada již rozhodla."),
    "ro": ("Consiliul nu a decis încă.", "Consiliul a decis deja."),
    "et": ("Volikogu ei ole veel otsustanud.", "Volikogu on juba otsustanud."),
    "fi": ("Neuvosto ei ole vielä päättänyt.", "Neuvosto on jo päättänyt."),
    "uk": ("Рада ще не вирішила.", "Рада вже вирішила."),
    "hi": ("परिषद ने अभी तक फैसला नहीं किया है।", "परिषद पहले ही फैसला कर चुकी है।"),
    "zh": ("市议会尚未决定。", "市议会已经决定了。"),
    "ja": ("市議会はまだ決めていない。", "市議会はすでに決めた。"),
}


@pytest.mark.parametrize("language", YET)
def test_negation_already_is_the_opposite_of_not_yet(language: str) -> None:
    not_yet, already = YET[language]
    ours = "The council has not yet decided.", "The council has already decided."
    for theirs, hypothesis in ((not_yet, ours[1]), (already, ours[0])):
        (finding,) = findings(theirs, hypothesis, f"{language}-en")
        assert (finding.severity, finding.dimension) == ("major", "adequacy")
    for source, text in zip(ours, (already, not_yet), strict=True):
        (finding,) = findings(source, text, f"en-{language}")
        assert finding.severity == "major"
    assert not findings(not_yet, ours[0], f"{language}-en")
    assert not findings(already, ours[1], f"{language}-en")
    assert not findings(not_yet, "The council has yet to decide.", f"{language}-en")


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages"),
    [
        ("Er ist noch nicht da, obwohl es schon spät ist.", "It is already late and we are waiting for him.", "de-en"),
        ("Er ist noch nicht da.", "He should already be here, but he isn't.", "de-en"),
        ("Der Rat ist schon da.", "The council is here.", "de-en"),
        ("Die Frage ist noch nicht entschieden.", "The question is open.", "de-en"),
    ],
)
def test_negation_not_yet_may_be_said_in_other_ways(source: str, hypothesis: str, languages: str) -> None:
    assert not findings(source, hypothesis, languages)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Der Rat hat noch nicht entschieden.", "The council has already decided."),
        ("Der Rat hat bereits entschieden.", "The council has not yet decided."),
    ],
)
def test_negation_not_yet_and_already_as_in_the_reference_are_left_alone(source: str, text: str) -> None:
    assert findings(source, text, "de-en")
    assert not findings(source, text, "de-en", (text,))
