"""What makes a statement of its opposite, by language: a pattern and what stands in its place.

`AFFIRMED` takes a negation out ("" where it is cut), `NEGATED` puts one in. Patterns are searched regardless of case.
"""

# ruff: noqa: E501 (tables of patterns read better in long lines)
from __future__ import annotations

AFFIRMED: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        (r"\bcan(?:not|['’]t)\b", "can"), (r"\bwon['’]t\b", "will"), (r"n['’]t\b", ""), (r"\bnot\b(?! only)", ""),
        (r"\bnever\b", "always"), (r"\bno\b(?= [^\W\d])", "some"), (r"\bnothing\b", "everything"),
        (r"\bnobody\b", "everybody"), (r"\bnone\b", "all"), (r"\bwithout\b", "with"),
    ),
    "de": (
        (r"\bnicht\b(?! nur)", ""), (r"\bkein(?=(?:e|er|en|em|es)?\b)", "ein"), (r"\bnie(?:mals)?\b", "immer"),
        (r"\bnichts\b", "alles"), (r"\bniemand(?:en|em)?\b", "jeder"), (r"\bohne\b", "mit"),
    ),
    "fr": (
        (r"\bne ([^\W\d_]{1,20}) pas\b", r"\1"), (r"\bn['’]([^\W\d_]{1,20}) pas\b", r"\1"), (r"\bjamais\b", "toujours"),
        (r"\brien\b", "tout"), (r"\bsans\b", "avec"),
    ),
    "es": ((r"\bno\b(?! sólo| solo)", ""), (r"\bnunca\b", "siempre"), (r"\bnada\b", "todo"), (r"\bsin\b", "con")),
    "it": ((r"\bnon\b(?! solo)", ""), (r"\bmai\b", "sempre"), (r"\bsenza\b", "con")),
    "pt": ((r"\bnão\b(?! só| apenas)", ""), (r"\bnunca\b", "sempre"), (r"\bsem\b", "com")),
    "nl": ((r"\bniet\b(?! alleen)", ""), (r"\bgeen\b", "een"), (r"\bnooit\b", "altijd"), (r"\bzonder\b", "met")),
    "ru": ((r"\bне\b(?! только)", ""), (r"\bникогда не\b", "всегда"), (r"\bнет\b", "есть"), (r"\bбез\b", "с")),
    "uk": ((r"\bне\b(?! тільки| лише)", ""), (r"\bнемає\b", "є"), (r"\bбез\b", "з")),
    "pl": ((r"\bnie\b(?! tylko)", ""), (r"\bnigdy\b", "zawsze"), (r"\bbez\b", "z")),
    "cs": (
        (r"\bnení\b", "je"), (r"\bne(?=(?:jsou|byl[aioy]?|mají|má|mohl[aioy]?|může|mohou|bude|budou|chce|ví|musí|smí)\b)", ""),
        (r"\bnikdy\b", "vždy"), (r"\bbez\b", "s"),
    ),
    "ro": ((r"\bnu\b(?! numai| doar)", ""), (r"\bn-(?=a[mru]?\b)", ""), (r"\bniciodată\b", "mereu"), (r"\bfără\b", "cu")),
    "et": ((r"\bei ole\b|\bpole\b", "on"), (r"\bei\b", ""), (r"\bilma\b", "koos")),
    "fi": ((r"\bei ole\b", "on"), (r"\beivät ole\b", "ovat"), (r"\bei\b", ""), (r"\bilman\b", "kanssa")),
    "hi": ((r"(?<!\S)नहीं(?!\S)", ""), (r"(?<!\S)न(?!\S)(?! केवल| सिर्फ)", ""), (r"(?<!\S)बिना(?!\S)", "साथ")),
    "zh": (
        (r"没有", "有"), (r"不(?=[会能是要想应该可以允许同意需])", ""), (r"无法", "能够"), (r"从未", "一直"), (r"并非", "是"),
        (r"未(?=[能被有曾])", ""),
    ),
    "ja": (
        (r"ではありません", "です"), (r"ませんでした", "ました"), (r"ません", "ます"), (r"ではない", "である"),
        (r"しなかった", "した"), (r"しない", "する"), (r"できない", "できる"), (r"いない", "いる"), (r"られない", "られる"),
    ),
}  # fmt: skip
NEGATED: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        (r"\b(is|was|are|were|will|can|could|should|must|would|has|have|had)\b(?! (?:not|n't)|n['’]t)", r"\1 not"),
        (r"\balways\b", "never"), (r"\bwith\b", "without"), (r"\ball\b", "none of"),
    ),
    "de": (
        (r"\b(ist|war|sind|waren|wird|werden|wurde|wurden|kann|können|hat|haben|hatte|soll|muss)\b(?! nicht)", r"\1 nicht"),
        (r"\bein(?=(?:e|en|em|er|es)? [A-ZÄÖÜ])", "kein"), (r"\bmit\b", "ohne"), (r"\bimmer\b", "nie"),
    ),
    "fr": (
        (r"\b(est|était|a|avait)\b(?! pas)", r"n'\1 pas"), (r"\b(sont|peut|peuvent|sera|doit|fut|ont)\b(?! pas)", r"ne \1 pas"),
        (r"\bavec\b", "sans"), (r"\btoujours\b", "jamais"),
    ),
    "es": (
        (r"(?<!no )\b(es|son|está|están|era|fue|fueron|ha|han|había|tiene|tienen|puede|pueden|será|hay|debe)\b", r"no \1"),
        (r"\bcon\b", "sin"), (r"\bsiempre\b", "nunca"),
    ),
    "it": (
        (r"(?<!non )\b(è|sono|era|erano|ha|hanno|aveva|può|possono|sarà|deve|fu)\b", r"non \1"), (r"\bcon\b", "senza"),
        (r"\bsempre\b", "mai"),
    ),
    "pt": ((r"(?<!não )\b(é|são|era|está|foi|foram|tem|têm|pode|podem|será|deve|há)\b", r"não \1"), (r"\bcom\b", "sem")),
    "nl": ((r"\b(is|was|zijn|waren|wordt|werd|worden|werden|kan|heeft|hebben|had)\b(?! niet)", r"\1 niet"), (r"\bmet\b", "zonder")),
    "ru": (
        (r"(?<!не )\b(был[аио]?|будет|будут|может|могут|является|являются|должн[аоы]|стал[аои]?|имеет|хочет|сказал[аи]?)\b", r"не \1"),
        (r"\bвсегда\b", "никогда не"), (r"\bможно\b", "нельзя"), (r"(?<!не )\b(\w{3,20}(?:ает|ают|яет|яют|ует|уют|ился|илась|ились))\b", r"не \1"),
    ),
    "uk": ((r"(?<!не )\b(був|була|було|були|буде|будуть|може|можуть|має|мають|стала?|є)\b", r"не \1"),),
    "pl": ((r"(?<!nie )\b(jest|są|był[aoy]?|byli|będzie|będą|może|mogą|ma|mają|został[aoy]?)\b", r"nie \1"), (r"\bzawsze\b", "nigdy nie")),
    "cs": ((r"\bje\b", "není"), (r"\b(jsou|byl[aioy]?|mají|má|může|mohou|bude|budou|mohl[aioy]?|chce|musí)\b", r"ne\1"), (r"\bvždy\b", "nikdy")),
    "ro": ((r"(?<!nu )\b(este|sunt|era|erau|a fost|are|au|poate|pot|va|vor|trebuie)\b", r"nu \1"), (r"\bcu\b", "fără")),
    "et": ((r"\bon\b", "ei ole"), (r"\boli\b", "ei olnud"), (r"\bkoos\b", "ilma")),
    "fi": ((r"\bon\b", "ei ole"), (r"\bovat\b", "eivät ole"), (r"\boli\b", "ei ollut")),
    "hi": (
        (r"(?<!नहीं )(?<!\S)(है|हैं|था|थी|थे|होगा|होगी|सकता|सकते|सकती)(?![^\s।,?!])", r"नहीं \1"), (r"(?<!\S)साथ(?!\S)", "बिना"),
    ),
    "zh": ((r"(?<![不还但就只或总若凡于])是(?![否不])", "不是"), (r"(?<![不没机社协开大])(会|能|可以|应该|需要)(?![议员])", r"不\1"),
           (r"(?<![没具所拥只])有(?!限|些|效|关|的|人)", "没有")),
    "ja": (
        (r"ました", "ませんでした"), (r"ます(?=[。、」]|$)", "ません"), (r"です(?=[。、」]|$)", "ではありません"), (r"である", "ではない"),
        (r"した(?=。|$)", "しなかった"), (r"する(?=。|$)", "しない"), (r"だった", "ではなかった"), (r"できる", "できない"), (r"いる(?=。|$)", "いない"),
        (r"された", "されなかった"), (r"している", "していない"),
    ),
}  # fmt: skip
