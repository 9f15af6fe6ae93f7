"""Number words: small numbers, ordinals, magnitudes and what marks a per cent, a decade or a century.

`WORDS` maps a language to casefolded words and their values; a language without an entry has no list, which callers treat as
"any small number may be written out". Values are plain integers or halves; `MULTIPLIERS` scale what stands before them.
"""

# ruff: noqa: E501 (word lists read better in long lines)
from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal


def _listed(text: str, start: int = 0, step: int = 1) -> dict[str, Decimal]:
    """Return words for start, start + step, ...; `/` separates forms of one number."""
    slots = enumerate(text.split())
    return {form: Decimal(start + index * step) for index, slot in slots for form in slot.split("/")}


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _compounds(units: Iterable[str], link: str, tens: Iterable[str]) -> dict[str, Decimal]:
    """Return `unit + link + ten` words, as German and Dutch write 21 to 99."""
    return {
        f"{unit}{link}{ten}": Decimal(10 * ten_index + unit_index)
        for ten_index, ten in enumerate(tens, 2)
        for unit_index, unit in enumerate(units, 1)
    }


def _scaled(units: Iterable[str], word: str, factor: int) -> dict[str, Decimal]:
    return {f"{unit}{word}": Decimal(factor * index) for index, unit in enumerate(units, 1)}


def _values(**words: float) -> dict[str, Decimal]:
    return {word: Decimal(str(value)) for word, value in words.items()}


_DE_UNITS = ["ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"]
_DE_TENS = ["zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"]
_NL_UNITS = ["een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen"]
_NL_TENS = ["twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig"]
_IT_TENS = ["venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta"]
_IT_UNITS = ["uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove"]

_EN = {
    **_listed(
        "zero/nil one/once two/twice/double/couple/pair/both three/triple/thrice four/quadruple five six seven eight nine ten"
        " eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    ),
    **_listed("twenty/twenties thirty/thirties forty/forties fifty/fifties sixty/sixties seventy/seventies eighty/eighties"
              " ninety/nineties", 20, 10),
    **_listed(
        "first/single second/secondly third/thirdly fourth/fourthly fifth sixth seventh eighth ninth tenth eleventh twelfth"
        " thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth", 1),
    **_values(half=0.5, quarter=0.25, dozen=12, century=100, thirds=3, tenths=10, doubled=2, tripled=3, centenary=100),
}  # fmt: skip
_DE = {
    **_listed(
        "null ein/eins/eine/einer/einem/einen/eines/einmal zwei/zweimal/beide/beiden/doppelt/paar drei/dreimal/dreifach vier/viermal"
        " fünf sechs sieben acht neun zehn elf zwölf/dutzend dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn"
    ),
    **dict(zip(_DE_TENS, (Decimal(n) for n in range(20, 100, 10)), strict=True)),
    **_compounds(_DE_UNITS, "und", _DE_TENS),
    **_scaled(_DE_UNITS, "hundert", 100),
    **_scaled(_DE_UNITS, "tausend", 1000),
    **_values(halb=0.5, halbe=0.5, halben=0.5, halbes=0.5, hälfte=0.5, viertel=0.25, jahrhundert=100, anderthalb=1.5, zehntausend=10000,
              eineinhalb=1.5, zweieinhalb=2.5, dreieinhalb=3.5, hunderttausend=100000, zehner=10, drittel=3, dreissig=30),
    **{stem + ending: Decimal(n) for n, stem in enumerate(
        ["erst", "zweit", "dritt", "viert", "fünft", "sechst", "siebt", "acht", "neunt", "zehnt", "elft", "zwölft", "dreizehnt", "vierzehnt", "fünfzehnt"], 1)
       for ending in ("e", "er", "en", "es", "em", "ens")},
}  # fmt: skip
_FR = {
    **_listed("zéro un/une/premier/première deux/double/deuxième/second/seconde trois/triple/troisième quatre/quatrième cinq/cinquième"
              " six/sixième sept/septième huit/huitième neuf/neuvième dix/dixième onze/onzième douze/douzième/douzaine treize"
              " quatorze quinze/quinzaine seize"),
    **_listed("vingt/vingtaine/vingtième trente/trentaine quarante cinquante/cinquantaine soixante", 20, 10),
    **_values(septante=70, huitante=80, nonante=90, vingts=20, demi=0.5, demie=0.5, moitié=0.5, quart=0.25, dizaine=10, siècle=100),
}  # fmt: skip
_ES = {
    **_listed("cero un/uno/una/primer/primero/primera dos/doble/segundo/segunda/ambos tres/triple/tercer/tercero/tercera"
              " cuatro/cuarto/cuarta cinco/quinto/quinta seis/sexto/sexta siete/séptimo/séptima ocho/octavo/octava nueve/noveno/novena"
              " diez/décimo once doce/docena trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte veintiuno"
              " veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"),
    **_listed("treinta cuarenta cincuenta sesenta setenta ochenta noventa", 30, 10),
    **_values(medio=0.5, media=0.5, mitad=0.5, cuarta=0.25, siglo=100, doscientos=200, trescientos=300, quinientos=500),
}  # fmt: skip
_IT = {
    **_listed("zero un/uno/una/primo/prima due/doppio/secondo/seconda/entrambi tre/terzo/terza quattro/quarto/quarta cinque/quinto/quinta"
              " sei/sesto/sesta sette/settimo otto/ottavo nove/nono dieci/decimo undici dodici/dozzina tredici quattordici"
              " quindici sedici diciassette diciotto diciannove"),
    **dict(zip(_IT_TENS, (Decimal(n) for n in range(20, 100, 10)), strict=True)),
    **{(ten[:-1] if unit[0] in "uo" else ten) + unit: Decimal(10 * n + k)
       for n, ten in enumerate(_IT_TENS, 2) for k, unit in enumerate(_IT_UNITS, 1)},
    **_values(mezzo=0.5, mezza=0.5, metà=0.5, quarto=0.25, secolo=100, ventina=20, decina=10, duecento=200, trecento=300, duemila=2000),
}  # fmt: skip
_PT = {
    **_listed("zero um/uma/primeiro/primeira dois/duas/dobro/segundo/segunda/ambos três/terceiro/terceira quatro/quarto/quarta"
              " cinco/quinto/quinta seis/sexto/sexta sete/sétimo/sétima oito/oitavo nove/nono dez/décimo onze doze/dúzia treze"
              " catorze/quatorze quinze dezesseis/dezasseis dezessete/dezassete dezoito dezenove/dezanove"),
    **_listed("vinte trinta quarenta cinquenta sessenta setenta oitenta noventa", 20, 10),
    **_values(meio=0.5, meia=0.5, metade=0.5, século=100, duzentos=200, trezentos=300, quinhentos=500),
}  # fmt: skip
_NL = {
    **_listed("nul een/één/eerste/eenmaal twee/tweede/tweemaal/dubbele/beide drie/derde/driemaal vier/vierde vijf/vijfde zes/zesde"
              " zeven/zevende acht/achtste negen/negende tien/tiende elf/elfde twaalf/twaalfde/dozijn dertien veertien vijftien"
              " zestien zeventien achttien negentien"),
    **dict(zip(_NL_TENS, (Decimal(n) for n in range(20, 100, 10)), strict=True)),
    **_compounds(_NL_UNITS, "en", _NL_TENS), **_compounds(_NL_UNITS, "ën", _NL_TENS),
    **_values(half=0.5, halve=0.5, helft=0.5, kwart=0.25, eeuw=100, anderhalf=1.5, anderhalve=1.5),
}  # fmt: skip
_RU = {
    **_listed(
        "ноль/нуль один/одна/одно/одного/одной/одному/одним/одном/одну/первый/первая/первое/первого/первой/первую/первом/первым"
        "/единственный/однажды"
        " два/две/двух/двум/двумя/оба/обе/обоих/пара/пару/дважды/второй/вторая/второе/второго/вторую/втором/двое/вдвое"
        " три/трёх/трех/трем/трём/тремя/третий/третья/третье/третьего/третьей/третью/третьем/трое/трижды/втрое"
        " четыре/четырёх/четырех/четырем/четвёртый/четвертый/четвертая/четвертого/четвертой/четверо/четвертом"
        " пять/пяти/пятью/пятый/пятая/пятого/пятой/пятое/пятеро шесть/шести/шестой/шестая/шестого/шестое семь/семи/седьмой/седьмого/седьмая"
        " восемь/восьми/восьмой/восьмого девять/девяти/девятый/девятого десять/десяти/десятый/десятого/десятка/десяток"
        " одиннадцать/одиннадцати двенадцать/двенадцати/дюжина/двенадцатый тринадцать/тринадцати четырнадцать/четырнадцати"
        " пятнадцать/пятнадцати шестнадцать/шестнадцати семнадцать/семнадцати восемнадцать/восемнадцати девятнадцать/девятнадцати"
    ),
    **_listed("двадцать/двадцати/двадцатый тридцать/тридцати/тридцатый сорок/сорока пятьдесят/пятидесяти шестьдесят/шестидесяти"
              " семьдесят/семидесяти восемьдесят/восьмидесяти девяносто", 20, 10),
    **_listed("сто/ста/сотня/век двести/двухсот триста/трёхсот/трехсот четыреста/четырехсот пятьсот/пятисот шестьсот/шестисот"
              " семьсот/семисот восемьсот/восьмисот девятьсот/девятисот", 100, 100),
    **_values(половина=0.5, половину=0.5, половины=0.5, четверть=0.25, полтора=1.5, полторы=1.5),
}  # fmt: skip

WORDS: dict[str, dict[str, Decimal]] = {
    "en": _EN, "de": _DE, "fr": _FR, "es": _ES, "it": _IT, "pt": _PT, "nl": _NL, "ru": _RU, "zh": {}, "ja": {},
}  # fmt: skip
LINKS = frozenset(["and", "und", "et", "y", "e", "en", "a"])

_POWERS: dict[int, str] = {
    100: "hundred hundreds hundert hunderte cent cents cien ciento cientos cento cem honderd сотен сотни सौ सय නූරු நூறு",
    1_000: "thousand thousands k tausend tausende tausenden tsd mille mil mila miles milhares duizend duizenden тысяча тысячи тысяч"
           " тысячу тыс тис тисяч tisíc tisíce tis tys tysięcy tysiące mie mii tuhat tuhatta tuhanded tuhandet tuhande tūkstoši tūkstošu"
           " tūkstošiem bin हज़ार हजार हज़ारों હજાર હજારો ஆயிரம் දහස් දහසක් දාහක් tusen tusinde ezer ribu nghìn tỷ ألف آلاف",
    100_000: "lakh lakhs lac लाख લાખ லட்சம் லட்ச ලක්ෂ ලක්ෂයක් లక్ష లక్షల",
    1_000_000: "million millions millionen mio mln mn m mm millón millones milione milioni milhão milhões milioen miljoen miljoenen"
               " миллион миллиона миллионов миллионы млн мільйонів мільйони мільйон mil milion miliony milionů milionu milionów"
               " milioane milionul miljon miljonit miljoni miljonu miljoniem miljoner miljoona miljoonaa miljoonan milyon millió"
               " मिलियन दशलक्ष મિલિયન மில்லியன் මිලියන మిలియన్ juta triệu مليون ملايين miljono millioner",
    10_000_000: "crore crores krore kror करोड़ करोड કરોડ கோடி කෝටි కోట్ల కోట్లు कोटी",
    1_000_000_000: "billion billions bn b milliarde milliarden mrd milliard milliards md mds miliardo miliardi miljard miljarden"
                   " миллиард миллиарда миллиардов миллиарды млрд мільярдів мільярд miliarda miliardy miliard miliardů mld miliarde"
                   " miljardit miljardi miljardu miljardiem miljarder miljardia milyar bilhão bilhões bilhao milliárd अरब अर्ब"
                   " बिलियन બિલિયન அரબ બિલિયન பில்லியன் බිලියන miliar مليار",
    1_000_000_000_000: "trillion trillions tn billionen billón billones bilione biliones biljoen триллион триллиона"
                       " триллионов трлн trilhão trilhões trilioane trilionů bilion biliony biliard triljon triljonit triljoni",
}  # fmt: skip

# "Six decades" may be sixty years: times ten, or not.
_TENFOLD = (
    "decade decades jahrzehnt jahrzehnte jahrzehnten décennie décennies década décadas decennio decenni decennium decennia"
    " десятилетие десятилетия десятилетий десятилетиями desetiletí"
)

MULTIPLIERS: dict[str, frozenset[Decimal]] = {}
for _power, _words in _POWERS.items():
    for _word in _words.split():
        MULTIPLIERS[_word] = MULTIPLIERS.get(_word, frozenset()) | {Decimal(_power)}
# Long and short scale meet in one word, and a language code is not always there to tell them apart.
MULTIPLIERS["billion"] = MULTIPLIERS["billions"] = frozenset({Decimal(10**9), Decimal(10**12)})

MULTIPLIERS |= {word: frozenset({Decimal(1), Decimal(10)}) for word in _TENFOLD.split()}

# These scales are written to the number without a space, or are too short to be a word; "5m" may be metres, "5 Cent" coins.
UNSURE_MULTIPLIERS = frozenset({"m", "mm", "b", "k", "bin", "e", "mil", "md", "miles", "cent", "cents"})

# Inflected and suffixed forms: Finnish "miljoonaan", Nepali "लाखसम्म".
STEMS = {
    stem: Decimal(value)
    for value, stems in {
        1_000: "tūksto tuhan tuhat тысяч हज़ार हजार હજાર",
        100_000: "लाख લાખ லட்ச ලක්ෂ లక్ష",
        1_000_000: "miljoon miljon milion milyon миллион мільйон दशलक्ष मिलियन મિલિયન மில்லிய මිලියන",
        10_000_000: "करोड़ करोड કરોડ கோடி කෝටි కోట్ల",
        1_000_000_000: "miljard miliard milyar миллиард мільярд अर्ब बिलियन બિલિયન பில்லிய බිලියන",
    }.items()
    for stem in stems.split()
}
_MILLIONAIRE = re.compile(r"(?:on|ard|yon|yar)[aäe]+i?r|онер|ардер")


def factors(word: str) -> frozenset[Decimal]:
    """Return the factors that a casefolded magnitude word may stand for; nothing if it is none."""
    if word in MULTIPLIERS:
        return MULTIPLIERS[word] | ({Decimal(1)} if word in UNSURE_MULTIPLIERS else frozenset())
    stem = next((word[:length] for length in range(8, 2, -1) if word[:length] in STEMS), None)
    return frozenset({STEMS[stem]}) if stem and not _MILLIONAIRE.search(word[:40]) else frozenset()


HAN_DIGITS = dict(
    zip(
        "零〇一二三四五六七八九两兩壹贰叁肆伍陆柒捌玖",
        [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2, 2, *range(1, 10)],
        strict=True,
    )
)
HAN_UNITS = {
    "十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12,
    "천": 1000, "만": 10**4, "억": 10**8, "조": 10**12,
}  # fmt: skip

PERCENT = (
    r"(?:[%％٪‰]|per\s?cent|percent|percentage|prozent|pour\s?cent|por\s?ciento|por\s?cento|per\s?cento|procent|процент|відсотк"
    r"|proc|prosent|protsen|prosentti|százalék|yüzde|pct|प्रतिशत|टक्के|टक्क|ટકા|சதவீத|சதவிகித|సతం|శాతం|සියයට|ප්‍රතිශත"
    r"|パーセント|퍼센트|프로|个百分点|百分点|percentuali|ភាគរយ)"
)
DECADE = r"['’]?s\b|er\b|ern\b|-?(?:х|е|ых)\b|年代|-luvu|-talet|-tal\b|\.\s?(?:aasta|gad|let|léta)|-a(?:nda|st)"
CENTURY = (
    r"(?:st|nd|rd|th|\.|e|er|ème|-?(?:й|го|м|ом))?\s?(?:centur|jahrhundert|jh\b|siècle|siglo|secolo|século|eeuw|век|вв?\.|世纪|世紀"
    r"|sajand|stolet|gadsimt|secol|yüzyıl|शताब्दी|सदी|wiek|st\.)"
)
AFTERNOON = r"\s?(?:p\.?\s?m\b|uhr|h\b|час|点|點|时|時|o['’]clock|ore\b|heures|horas|uur)"

# Humans convert units, so a number beside a foot is no proof against one beside a metre.
IMPERIAL = re.compile(
    r"[\s\u00a0-]?(?:feet|foot|ft|miles?|mi|acres?|inch(?:es)?|pounds?|lbs?|ounces?|oz|gallons?|yards?|fahrenheit|mph|°\s?f|fuß|meilen?"
    r"|morgen|zoll|pfund|gallonen|pieds?|milles?|pouces?|livres?|pies|millas|pulgadas|libras|фут|мил[яьи]|дюйм|фунт|акр|英里|英尺|英寸|磅|亩|畝|里"
    r"|斤|mu|jin|ji|li)\b",
    re.IGNORECASE,
)
METRIC = re.compile(
    r"[\s\u00a0-]?(?:m|km|cm|mm|kg|g|ha|l|km/h|(?:kilo|zenti|centi|milli|санти|кило)?(?:met(?:er|re)s?|metern?|metros?|mètres?|метр\w*"
    r"|gramm?e?s?|грамм\w*)|hektar|hectares?|гектар\w*|quadratkilometern?|square kilometers?|lit(?:er|re)s?|celsius|°\s?c|公里|米|公斤|千克|公顷"
    r"|k?m[²2])(?!\w)",
    re.IGNORECASE,
)

# Languages that group thousands with a plain space; elsewhere "in 2019 300 people" are two numbers.
SPACE_GROUPING = _set("bg cs da et fi fr hr hu it lt lv nb nn no pl pt ro ru sk sl sr sv uk de es")
COMMA_DECIMAL = _set("bg ca cs da de el es et fi fr hr hu id is it lt lv nb nl nn no pl pt ro ru sk sl sr sv tr uk vi")

# Vowel signs of Indic and Khmer scripts are no word characters to `re`.
WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u064b-\u065f\u0900-\u0dff\u1780-\u17d3\u200c\u200d])*")
