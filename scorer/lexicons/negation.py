"""What negates, what only looks like it, and what may stand for a negation in a translation, by language.

`strong` are words that turn a statement into its opposite. `idioms` hold such a word and negate nothing ("not only"), or are as
often translated without one ("do not hesitate"); they are cut out first. `weak` are words by which a translator may well render a
negation ("unable", "without", "ohne", "-los"): one of them on the other side excuses it.
"""

# ruff: noqa: E501 (word lists read better in long lines)
from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Negation:
    """Patterns of one language, to be searched in casefolded text of the same length."""

    strong: re.Pattern[str]
    idioms: re.Pattern[str]
    weak: re.Pattern[str]


def _language(strong: str, idioms: str, weak: str, *, words: bool = True) -> Negation:
    """Return compiled patterns; with `words`, each alternative must begin a word, and strong ones and idioms must end one."""
    if not words:
        return Negation(re.compile(strong), re.compile(idioms), re.compile(weak))
    return Negation(re.compile(rf"\b(?:{strong})\b"), re.compile(rf"\b(?:{idioms})\b"), re.compile(rf"\b(?:{weak})"))


_NEGATIVE_PREFIX = (
    r"(?:in(?!t[eo]|s[tidp]|f[olr]|cl|cr|d[eiou]|v[eio]|a\b|g|n|k|j|h|\b)|im(?=p[aeor]|mo)|il(?=l[eio])|ir(?=r))\w{3,}"
)

NEGATION: dict[str, Negation] = {
    "en": _language(
        r"not|cannot|never|none|nobody|nothing|nowhere|neither|nor|no(?=\s[^\W\d]|\b[,-])|(?:dont|cant|isnt|wont|didnt|doesnt)"
        r"|\w{1,6}n\s?['’]\s?t|\w{2,6}\sn['’]\s?t",
        r"not (?:only|just|merely|simply|solely|least|to mention|exactly|unlike|without|all that|so much|necessarily|infrequently)"
        r"|no (?:doubt|matter|sooner|wonder|less|fewer|more than|later|later than|other than|stranger|exception|\d+|mean feat|question)"
        r"|no\s?\.\s?\d*|not (?:un|in|im|dis)\w{4,}|nothing other|if nothing else|why (?:not|don['’]t)|whether or not|or not|if not|(?:is|would|should|could|was|does)n\s?['’]\s?t (?:it|that|this|he|she|they|you|we|there)|aren['’]t (?:they|we|you)|isn['’]t (?:that|this)|don['’]t you"
        r"|can(?:\s?['’]\s?t|not) (?:but|help|wait|stop|agree more|be overstated|be overestimated)|couldn\s?['’]\s?t (?:be (?:happier|better|more)|agree more|help|have asked|ask|have been)|nothing (?:but|short|more|less)|no more"
        r"|(?:do not|don\s?['’]\s?t) (?:hesitate|forget|miss|worry|mind|let|be (?:afraid|surprised))|none other|(?:has|have) no choice|no problem"
        r"|none the less|second to none|not (?:his|her|their|my|its|the|our) (?:real|actual) \w+|(?:do|does|did|will|wo|would)(?: not|n\s?['’]\s?t) take (?:\w+ ){0,3}long|not (?:long|far|yet|until|till|too)|no longer|never(?: been)? (?:more|better|so|mind)|never fails|no time|yes or no|no,",
        rf"without|hardly|barely|scarcely|rarely|seldom|few\b|little\b|fail|lack|refus|den(?:y|ie)|reject|avoid|prevent|prohibit|forbid|forbade|ban\b"
        rf"|bann|stop|ceas|miss|absen|un(?!der|it|i(?:on|que|ver|f)|til|less|cle)\w{{4,}}|{_NEGATIVE_PREFIX}|dis(?!c|tr|t|p[luo]|k)\w{{4,}}"
        r"|\w{3,}less\b|non|anti|until|unless|except|instead|rather|too\b|less\b|free\b|against|ignor|neglect|exclu|far from|other than|yet\b|doubt"
        r"|wrong|false|short of|n['’]t|beyond|nullif|declin|oppos|difficult|hard\b|leave|left|empty|zero|mere|resist|despite|give up|quit|withheld|no\b|not\b"
        r"|never|nothing|none|nor\b|neither|lost|stay away|keep|minor|slight|seldom|bare|blind|under(?!st|g[or]|w[ae]|l[iy]|ne|t[ao])\w{5,}|care to|out of|outside|behind|turn(?:s|ed|ing)? (?:\w+ )?off|shortage|mal\w+|mis\w{4,}|illegal|last\b|loss|end|exempt|surplus|warn|bad\b|forg[eo]t|lest\b|untouch|hide|hid",
    ),
    "de": _language(
        r"nicht|kein(?:e|er|en|em|es|erlei|eswegs)?|nie|niemals|niemand(?:en|em)?|nichts|nirgends|nirgendwo|weder|nein",
        r"nicht (?:nur|allein|zuletzt|wahr|ohne|bloß|weniger|minder|umsonst|unbedingt|mehr als|lange|mehr|zu)|kein (?:wunder|geringerer|zweifel|problem)"
        r"|keine (?:frage|geringere|sorge)|warum nicht|oder nicht|nichts (?:als|anderes|weiter)|noch nie|noch nicht|nie zuvor|nicht vergessen"
        r"|nicht auszuschließen|nicht un\w{4,}|nicht zu vergessen|nicht mal",
        r"ohne|un(?!d\b|s\b|s[e]|t[e]|i|g[a]r)\w{3,}|\w{3,}los(?:e|er|en|em|es|igkeit)?\b|kaum|selten|fehl|mangel|weiger|verweiger|ablehn|lehnt|abgelehnt"
        r"|frühestens|vermeid|verhinder|verbot|verbiet|miss|statt|anstatt|erst\b|außer|sonst|wenig|gegen|nicht|nicht\w+|\w{3,}frei|scheiter|versäum|verzicht|bestr[ie]+t"
        r"|leugn|entgeh|einzig|schwer|halt|stopp|verwehr|verpass|nie|kein|zu\w* (?:um|als)|fern|null|aus\b|aufhör|hör|ausschlie|ausgeschlossen"
        r"|abgesehen|lediglich|in(?=akz|eff|komp|stab|tol)\w+|entfäll|entfall|hinder|leer|verlor|verlier|bezweif|zweifel|warn|nein|weder|weit",
    ),
    "fr": _language(
        r"pas|jamais|aucune?s?|rien|ni|nulle? part|non|n(?:e\s|['’])[^.;!?\n]{1,30}\b(?:plus|guère|personne|point)",
        r"(?:pas|non) seulement|pas (?:moins|que|mal|encore|à pas)|rien (?:que|d['’]autre|de plus)|n['’]est-ce pas|pourquoi (?:pas|ne)"
        r"|(?:un|le|premier|quelques|grand|petit|faux|de|au|chaque|ce|au|deux|ses|leurs|les|des) pas|ou (?:non|pas)|sinon|non (?:sans|loin)|n['’]hésitez pas|n['’]oubliez pas",
        rf"sans|ne\b|n['’]|manqu|refus|échou|évit|empêch|interdi|à peine|peu|sauf|avant|seul|loin|rare|dépourvu|absen|plutôt|faute|{_NEGATIVE_PREFIX}"
        r"|dés\w{3,}|mal\w+|non|pas\b|moins|rejet|ni[ea]|cess|contre|anti|exclu|ni\b|aucun|jamais|rien|trop|difficil|au lieu|hors",
    ),
    "es": _language(
        r"no|nunca|jamás|nadie|nada|ningún|ninguna|ninguno|ni|tampoco",
        r"no (?:solo|sólo|solamente|únicamente|obstante|menos|más que|dude|olvide|tan)|no\. ?\d+|nada (?:más|menos)|de nada|por qué no|a no ser|o no|todavía no"
        r"|aún no|ya no|sino|si no|cómo no|no es de extrañar",
        rf"sin\b|apenas|falt|fall|neg|nieg|rechaz|evit|impid|imped|prohib|des(?!d|p|ar|t|c)\w{{4,}}|{_NEGATIVE_PREFIX}|poc[oa]|salvo|antes|excepto|carec|dej"
        r"|en lugar|en vez|no\b|contra|anti|menos|ausen|ningun|nunca|nada|demasiado|difícil|ni\b|mal|excl|raro|rara|lejos|ya",
    ),
    "it": _language(
        r"non|mai|nessun[oa]?|nulla|niente|né|neanche|nemmeno|neppure|no",
        r"non (?:solo|soltanto|appena|meno|a caso|altro che|esitate|dimenticate|più|ancora|tanto)|se non|perché no|o (?:no|meno)|niente (?:altro|meno)|come mai|più che mai",
        rf"senza|poc[ohai]|manc|rifiut|evit|imped|viet|fall|appena|invece|anzich|{_NEGATIVE_PREFIX}|dis(?!t|c|p)\w{{4,}}|non|meno|contro|anti|nega|mai|difficil"
        r"|troppo|tranne|eccetto|esclu|assen|s(?=content|leal|ment)\w+|nessun|nulla|prima|privo|priva",
    ),
    "pt": _language(
        r"não|nunca|jamais|nada|ninguém|nenhum|nenhuma|nem|tampouco",
        r"não (?:só|apenas|somente|obstante|menos|mais que|hesite|esqueça)|nada (?:mais|menos)|de nada|por que não|a não ser|ou não|ainda não|já não|se não|nem sempre",
        rf"sem\b|mal\b|falt|falh|recus|evit|imped|proib|des(?!d|t|p|c)\w{{4,}}|{_NEGATIVE_PREFIX}|pouc|exceto|deix|em vez|não|contra|anti|menos|nega|nunca"
        r"|difícil|demasiado|ausên|nenhum|nem\b|raro|rara|longe|salvo|antes",
    ),
    "nl": _language(
        r"niet|geen|nooit|niemand|niets|nergens|nimmer|nee|geenszins|evenmin",
        r"niet (?:alleen|te vergeten|waar|zonder|minder|zozeer|meer|zomaar)|geen (?:twijfel|wonder|probleem)|waarom niet|of niet|niets (?:anders|dan)|nog (?:niet|nooit|geen)",
        r"zonder|on(?!s\b|ze|der|ge)\w{3,}|nauwelijks|weiger|mislukt|gebrek|ontbre|voorkom|verbod|verbied|\w{3,}loos|tegen|pas\b|tot\b|weinig|amper|slechts"
        r"|niet|geen|mis\w+|zelden|vermijd|behalve|te\b|nooit|niets|in plaats|minder|noch|nul",
    ),
    "ru": _language(
        r"не|нет|никогда|никто|никого|никому|ничего|ничто|ничем|нельзя|никак(?:ой|ая|ого|их|ие|ую|ом)?|нигде|некому|нечего",
        r"не (?:только|менее|раз|просто|один|одна|исключено|прошло|забудьте|считая|говоря|столько|то чтобы|более|позднее|позже|без|за горами|так уж|особо)"
        r"|тем не менее|чуть не|пока не|мог(?:ла|ли)? не|если не|(?:что|кто|где|как|куда|какой)(?: бы)? (?:бы )?ни|или нет|почему бы не|не зря|ещё не|еще не|больше не"
        r"|ничего другого|не что иное|едва не|далеко не|разве не|не обойтись|не хватает|не стоит|не в силах|не терпится|не столь|не так|не \w+ ли|как не|не могут? (?:устоять|не)|уже не отличить|не дурак|чем чёрт не шутит",
        r"без|не|отказ|отсутств|запре|против|лиш|едва|вряд|мало|кроме|избе|предотвр|перестал|пока|вместо|нет|ни|отрица|отверг|пропус|исключ|слишком|потер"
        r"|прекра|трудно|слож|предостер|заблужд|воздерж|утрат|анти|остал|редк|отклон|препят|меша|нулев|минимал|хватит|упус|провал|забыл|убы|далек|прот|нельзя|потеря|сомне",
    ),
    "pl": _language(
        r"nie|nikt|nikogo|nikomu|nigdy|nic|niczego|żaden|żadna|żadne|żadnych|żadnego|żadnej|nigdzie",
        r"nie (?:tylko|mniej|bez|ma wątpliwości|więcej|później)|nic (?:innego|dziwnego)|czy nie|dlaczego nie|jeszcze nie|już nie|o mało nie|póki nie|dopóki nie",
        r"bez|nie|brak|odm|zakaz|zaprzecz|unik|zapobie|poza|oprócz|ledwo|mało|przeciw|ani|nic|zamiast|rzadko|anty|odrzuc|pozbaw|niż|trudn|przest|wyklucz",
    ),
    "cs": _language(
        r"není|nejsou|nejsem|nejsme|nebyl[aioy]?|nemá|nemají|nemám|nemáme|nemohl[aioy]?|nemůže|nemohou|nemůžeme|nebude|nebudou|nechce|nechtěl[aiy]?|neví|nevím"
        r"|nedokáž\w*|nemusí|nesmí|nikdy|nikdo|nikoho|nic|žádn\w+|nelze|ne|nijak|nikde",
        r"nikoli?v? jen|nejen|než|není divu|ne jen|ještě ne\w*|pokud ne\w*|dokud ne\w*|zda ne\w*|není jen|není pouze|o nic",
        r"ne(?!b[eo]\b|jen|j\w+ší)\w+|bez|odm[ií]t|zak[aá]z|chyb|brán|vyhn|míst|proti|málo|sotva|kromě|nic|žádn|ni[kc]|ztrat|zabrán|vyluč|jen|těžk|ztěží|mimo",
    ),
    "ro": _language(
        r"nu|n-(?:a|am|ai|au|ar|avea|avem|o)|nici|niciodată|nimeni|nimic|nicio|niciun|niciunul|nicăieri|deloc",
        r"nu (?:numai|doar|mai puțin|e de mirare|mai|prea|departe|este exclus)|de ce nu|sau nu|nimic altceva|nici măcar|nu se poate să nu|nu (?:încape|există) îndoială"
        r"|încă nu|pentru a nu",
        r"fără|ne(?!ap|am|cesar|gru|go|rv|t\b|w)\w{3,}|lips|refuz|evit|împied|interzi|abia|puțin|exclu|decât|împotriv|contra|anti|nu\b|n-|nici|in(?=cap|suf|vis|dep)\w+"
        r"|eșu|rar|greu|dificil|pierd|absen|afară|în loc|opri|încet|des(?=trăm|compu)\w+|nimic|nimeni|prea|doar|numai|singur|până",
    ),
    "et": _language(
        r"ei|ärge|mitte|pole|polnud|poleks|polegi|eiki|keegi ei|mitte keegi",
        r"mitte (?:ainult|üksnes|ilma)|ei (?:ole ime|ainult)|miks mitte|või mitte|enam ei|ei enam|mitte rohkem|mitte vähem|veel (?:ei|pole)|ei \w+ muud|kui mitte|ei tohi unustada"
        r"|ei \w+ veel|ei sugugi",
        r"ilma|\w+(?:tu|matu|matud|mata|tult|tud)\b|puudu|keel|vält|välj|vähe|harva|vaevalt|ainult|vaid|enne|kuni|asemel|vastu|mitte|ei\b|pole|raske|lõpet|kaot|eba|peale|alles|peata|takist"
        r"|loobu|jät|jää|ära",
    ),
    "fi": _language(
        r"ei|en|emme|ette|eivät|eikä|eivätkä|enkä|älä|älkää|eipä|eihän|eiköhän|kukaan",
        r"ei (?:vain|ainoastaan|pelkästään|ihme|vähempää|enää|vielä|kuitenkaan)|vai ei|miksi ei|eikö|ei(?:vät)? \w+ (?:muuta|enää|vielä|kuin)|eikä vähiten",
        r"ilman|\w{3,}(?:ton|tön|toma|tömä|matta|mättä|ttoma|ttömä)\w*|vaille|puut|kiel|kiist|kielt|estä|vält|vähän|harvo|tuskin|vain|ennen|asti|sijaan|vastaan|ei\w*|en\b|vaike|lopet|mene"
        r"|paitsi|epä|luop|jätt|jää|hyl|laimin|vasta",
    ),
    "uk": _language(
        r"не|немає|ні|ніколи|ніхто|нікого|нічого|неможна|ніде|жодн\w+|нема",
        r"не (?:тільки|лише|менше|раз|просто|без|більше|дивно|так)|тим не менш|чи ні|поки не|якщо не|чому б не|ще не|вже не|ледь не|ні \w+ більше",
        r"без|не|ні|відмов|відсут|заборон|проти|поза|ледве|мало|крім|уник|запобіг|переста|поки|замість|лиш|тільки|важк|втрат|анти|складн|жодн|припин|брак",
    ),
    "hi": _language(
        r"नहीं|(?<!\S)(?:न|ना|मत)(?!\S)",
        r"न केवल|न सिर्फ|न सिर्फ़|ना केवल|केवल नहीं|ही नहीं|कोई संदेह नहीं|नहीं तो",
        r"नहीं|न|ना|बिना|मत|अ|बग़ैर|बगैर|इनकार|इंकार|कम|रोक|मना|असमर्थ|विफल|असफल|अभाव|कमी|गैर|ग़ैर|बे|मुश्किल|सिर्फ|केवल|नि|विरुद्ध",
        words=False,
    ),
    "zh": _language(
        r"(?<![沉淹出埋吞])没有?(?!收|落)|不(?:是|会|能|可以|要|想|应|该|需|必|敢|肯|愿|再|得(?!不)|允许|准|知道|存在|属于|包括|符合|支持|同意|认为|接受|喜欢|适合|具备"
        r"|做|去|来|给|说(?!定)|在(?!乎|意)|让|相信|承认|考虑|打算|希望|清楚|收|提供|参加)|从不|绝不|毫不|毫无|并不|并非|未(?!来|婚|必|免|知|成年|克|得|充|经)|切勿|请勿|无法|无需|无权|尚无|别(?:再|去|让|想)",
        r"不(?:仅|但|只|光|断|过|同|久|少|得不|可避免|错|如|管|论|止|愧|禁|由|然|妨|满|良|幸|安|便|足|利|会不|能不|要紧|好意思|在话下|约而同|容易|得已|知不觉|是吗|大|太|是很)"
        r"|(.)[不没]\1|无[处所]不[在有能包]|时不我待|当仁不让|好[久长](?:时间)?没|方兴未艾|未雨绸缪|必不可少|不能(?:肯定|确定)|是不是|会不会|能不能|要不要|有没有|要不|忍不住|了不起|差不多|对不起|没(?:错|准|关系|事|有?问题|想到)|好不容易|不能不|(?<=了)没有|没(?:得|话)?说|没的说|没过?(?:多久|几)|不给力|没下文|未曾?中断|不是不|无不|不无|没有不|非[^，。]{1,12}不可"
        r"|不是[^，。]{1,15}而是|尚未|还没有?|从未|不知|再也不|不要|不见得|前所未有|有史以来|不在少数|不管|无论|没有任何|不再|才|而不是|供不应求|不得|不好|不到|是否",
        r"不|没|未|无|非|否|勿|莫|别|难|拒|禁|避|缺|失|免|少|仅|只|才|休|毋|绝|除|戒|零|反|停|亏|差|最早",
        words=False,
    ),
    "ja": _language(
        r"ない(?!と|し|が|か[ら]?)|ません|なかった|なく(?:て|、|な)|ずに|できず|ではない|じゃない",
        r"なければ(?:なら|いけ)(?:ない|ません)|ないと(?:いけ|なら)|かもしれ(?:ない|ません)|に(?:違|ちが)い(?:ない|ありません)|だけで(?:は)?なく|のみならず|(?:では|じゃ)ない(?:か|です|でしょう)"
        r"|に過ぎ(?:ない|ません|なかった)|しか[^。、]{0,15}(?:ない|ません|なかった)|少なくない|間違い(?:ない|ありません|なく)|限らない|ざるを得|とんでもない|もったいない|少ない|危ない|ばかりで(?:は)?なく"
        r"|なくなる|なくなった|わけに(?:は)?いかない|てはなら|てはいけ",
        r"な[いかくし]|ませ|ず|ぬ|無|不|非|未|拒|禁|否|避|欠|失|だけ|のみ|以外|まで|難|反|しか|止|ゼロ|防|停",
        words=False,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Yet:
    """Patterns of one language, to be searched in casefolded text: "not yet", and "already", its opposite."""

    not_yet: re.Pattern[str]
    already: re.Pattern[str]


def _yet(not_yet: str, already: str, *, words: bool = True) -> Yet:
    edge = r"\b" if words else ""
    return Yet(re.compile(rf"{edge}(?:{not_yet}){edge}"), re.compile(rf"{edge}(?:{already}){edge}"))


# "Not yet" is often rendered without a negation ("still to be decided"), but never as "already".
YET: dict[str, Yet] = {
    "en": _yet(r"(?:not|never)(?: \w+){0,3} yet|n['’]t(?: \w+){0,3} yet|yet to|still not", r"already"),
    "de": _yet(r"noch (?:nicht|kein\w*|nie)", r"bereits|schon"),
    "fr": _yet(r"pas encore|toujours pas", r"déjà"),
    "es": _yet(r"(?:todavía|aún) no|no (?:\w+ ){1,3}(?:todavía|aún)", r"ya"),
    "it": _yet(r"non (?:\w+ ){0,2}ancora|ancora non", r"già"),
    "pt": _yet(r"ainda não", r"já"),
    "nl": _yet(r"nog (?:niet|geen|nooit)", r"reeds|al"),
    "ru": _yet(r"(?:ещё|еще|пока) не|до сих пор не", r"уже"),
    "pl": _yet(r"jeszcze nie", r"już"),
    "cs": _yet(r"ještě ne\w*", r"již|už"),
    "ro": _yet(r"încă nu|nu (?:\w+ ){0,2}încă", r"deja"),
    "et": _yet(r"veel (?:ei|pole)|(?:ei|pole) \w+ veel", r"juba"),
    "fi": _yet(r"vielä ei|(?:ei|eivät) (?:\w+ )?vielä", r"jo"),
    "uk": _yet(r"ще не", r"вже"),
    "hi": _yet(r"(?:अभी|अब) तक(?: \S+){0,4} नहीं|अभी नहीं", r"पहले ही", words=False),
    "zh": _yet(r"尚未|[还還][没沒未]|尚无", r"已经|已經|早已|业已", words=False),
    "ja": _yet(r"まだ[^。、]{0,20}(?:ない|ません|なかった)", r"すでに|既に", words=False),
}  # fmt: skip
