"""Language codes: ISO 639-1, the three-letter codes that mean the same, and those of languages without a short one."""

from __future__ import annotations

_TWO = """
    aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es
    et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki
    kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no
    nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te
    tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""

# Languages without a two-letter code that test sets, translation models or our detector name.
_THREE = """
    ace acm acq aeb ajp apc ars ary arz ast awa ban bcl bem bho brx bug ceb chr ckb cjk cnr crh csb doi dsb dyu ext fon
    fur fuv gcf gcr gom grc gsw guw haw hbo hil hmn hne hsb ilo kab kac kam kbp kea kmb kmr knc lij liv lmo ltg ltz lua
    luo lus mag mai mam mas mfe min mni mos mwl nah nds nia nso nus pag pap pcm pms quc rom sah sat scn sco sdh shn smn
    smj sma sms srn szl tet tig tmh tok tpi tum tyv tzm udm umb uzs vec war wuu yue zgh
"""

TWO_LETTERS = frozenset(_TWO.split())
THREE_LETTERS = frozenset(_THREE.split())

# Old codes, macro-languages written as one of their members, and three-letter twins of two-letter codes.
ALIASES = {
    "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "sh": "sr", "nb": "no", "fil": "tl", "cmn": "zh",
    "afr": "af", "amh": "am", "ara": "ar", "arb": "ar", "asm": "as", "aze": "az", "azj": "az", "bel": "be", "ben": "bn",
    "bul": "bg", "bod": "bo", "tib": "bo", "bos": "bs", "cat": "ca", "ces": "cs", "cze": "cs", "cym": "cy", "wel": "cy",
    "dan": "da", "deu": "de", "ger": "de", "ell": "el", "gre": "el", "eng": "en", "epo": "eo", "spa": "es", "est": "et",
    "ekk": "et", "eus": "eu", "baq": "eu", "fas": "fa", "per": "fa", "pes": "fa", "fin": "fi", "fra": "fr", "fre": "fr",
    "gle": "ga", "gla": "gd", "glg": "gl", "guj": "gu", "hau": "ha", "heb": "he", "hin": "hi", "hrv": "hr", "hat": "ht",
    "hun": "hu", "hye": "hy", "arm": "hy", "ind": "id", "ibo": "ig", "isl": "is", "ice": "is", "ita": "it", "jpn": "ja",
    "jav": "jv", "kat": "ka", "geo": "ka", "kaz": "kk", "khm": "km", "kan": "kn", "kor": "ko", "kur": "ku", "kir": "ky",
    "lao": "lo", "lit": "lt", "lav": "lv", "lvs": "lv", "mlg": "mg", "mri": "mi", "mao": "mi", "mkd": "mk", "mac": "mk",
    "mal": "ml", "mon": "mn", "khk": "mn", "mar": "mr", "msa": "ms", "may": "ms", "zsm": "ms", "mlt": "mt", "mya": "my",
    "bur": "my", "nep": "ne", "npi": "ne", "nld": "nl", "dut": "nl", "nno": "nn", "nor": "no", "nob": "no", "oci": "oc",
    "ori": "or", "ory": "or", "pan": "pa", "pol": "pl", "pus": "ps", "por": "pt", "ron": "ro", "rum": "ro", "rus": "ru",
    "kin": "rw", "snd": "sd", "sin": "si", "slk": "sk", "slo": "sk", "slv": "sl", "sna": "sn", "som": "so", "sqi": "sq",
    "alb": "sq", "als": "sq", "srp": "sr", "sun": "su", "swe": "sv", "swa": "sw", "swh": "sw", "tam": "ta", "tel": "te",
    "tgk": "tg", "tha": "th", "tir": "ti", "tuk": "tk", "tgl": "tl", "tur": "tr", "tat": "tt", "uig": "ug", "ukr": "uk",
    "urd": "ur", "uzb": "uz", "uzn": "uz", "vie": "vi", "wol": "wo", "xho": "xh", "yid": "yi", "ydd": "yi", "yor": "yo",
    "zho": "zh", "chi": "zh", "zul": "zu", "kik": "ki", "gug": "gn", "grn": "gn", "fao": "fo", "fry": "fy", "ltz": "lb",
}  # fmt: skip

# Languages that a detector confuses and that readers of one largely understand when written in the other.
NEAR = (
    frozenset({"bs", "hr", "sr", "cnr"}),
    frozenset({"da", "nn", "no"}),
    frozenset({"id", "ms"}),
    frozenset({"an", "ast", "es", "ext", "gl", "mwl", "pt"}),
    frozenset({"ca", "oc"}),
    frozenset({"bg", "mk"}),
    frozenset({"cs", "sk"}),
    frozenset({"af", "nl"}),
    frozenset({"de", "gsw", "lb", "nds"}),
    frozenset({"be", "uk", "ru"}),
    frozenset({"hi", "mr", "ne", "sa", "bho", "mai", "awa", "hne", "mag", "gom"}),
    frozenset({"xh", "zu"}),
    frozenset({"az", "tr", "crh"}),
    frozenset({"en", "pcm", "sco"}),
    frozenset({"ga", "gd"}),
    frozenset({"as", "bn"}),
    frozenset({"zh", "yue", "wuu"}),
    frozenset({"ar", "acm", "acq", "aeb", "ajp", "apc", "ars", "ary", "arz"}),
    frozenset({"fr", "gcf", "gcr", "wa"}),
    frozenset({"it", "lij", "vec", "scn", "fur", "lmo", "pms"}),
    frozenset({"fa", "tg"}),
    frozenset({"ku", "ckb", "sdh", "kmr"}),
    frozenset({"uz", "uzs"}),
    frozenset({"lv", "ltg"}),
)
