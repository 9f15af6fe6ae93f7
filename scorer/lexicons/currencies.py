"""Signs, codes and names of currencies; each maps to the ISO 4217 codes that it may stand for."""

# ruff: noqa: E501 (word lists read better in long lines)
from __future__ import annotations

_DOLLARS = "USD AUD CAD HKD SGD TWD NZD"
_SIGNS = {
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "HK$": "HKD", "S$": "SGD", "NT$": "TWD", "R$": "BRL", "$": f"{_DOLLARS} MXN CLP ARS",
    "＄": _DOLLARS, "€": "EUR", "£": "GBP EGP", "￡": "GBP", "¥": "JPY CNY", "￥": "JPY CNY", "₹": "INR", "₽": "RUB", "₩": "KRW", "₺": "TRY", "₴": "UAH",
    "฿": "THB", "₫": "VND", "₪": "ILS", "₱": "PHP", "₦": "NGN", "₿": "BTC", "zł": "PLN", "Kč": "CZK",
}  # fmt: skip
_CODES = "USD EUR GBP JPY CNY RMB INR RUB CHF SEK NOK DKK PLN CZK HUF RON TRY UAH KRW BRL MXN CAD AUD HKD SGD TWD NZD ZAR THB ILS"
# Names by their beginning, so that inflected forms count: "долларов", "Euros", "miljoonaa euroa".
_NAMES = {
    "EUR": "euro euró evro евро यूरो યુરો 欧元 歐元 ユーロ 유로",
    " ".join([_DOLLARS]): "dollar dólar dólares dolar dollari dolár dolāru dolāri доллар долар डॉलर ડોલર டாலர் ඩොලර් 美元 美金 美刀 加元 澳元 港元 港币 新元 ドル 달러",
    "GBP EGP": "pound pfund libra sterling livre фунт naela naelsterl lir punta punn puntaa mārciņ पाउंड 英镑 英鎊 ポンド",
    "JPY": "yen иен йен jen jeeni jenų येन 日元 日圆 円",
    "CNY": "yuan rmb renminbi юан jüaan juanu युआन 人民币 人民幣 元人民币",
    "CNY ": "元 块 塊 圆",
    "INR NPR PKR LKR": "rupee rupie rupia rs रुपये रुपए रुपया रु રૂપિયા ரூபாய் රුපියල් 卢比 рупи",
    "RUB BYN": "rubl rubel rublu rubla roubl ruble рубл руб 卢布 rubla rubļ",
    "CHF XAF": "franken franc franco francs франк 法郎 瑞郎",
    "SEK NOK DKK CZK ISK": "krona kronor kroner krone korun koruna kruunu kroon крон 克朗",
    "PLN": "zloty zlotys złot злот", "TRY": "lira lirası лир 里拉", "KRW": "won вон 韩元 원", "RON MDL": "leu lei лей", "HUF": "forint форинт",
    "EEK": "krooni", "LVL": "lat lats latu latos", "BRL": "real reais реал 雷亚尔", "MXN ARS": "peso песо 比索",
}  # fmt: skip

SIGNS: dict[str, frozenset[str]] = {sign: frozenset(codes.split()) for sign, codes in _SIGNS.items()}
CODES: dict[str, frozenset[str]] = {code: frozenset({"CNY" if code == "RMB" else code}) for code in _CODES.split()}
NAMES: dict[str, frozenset[str]] = {}
for _codes, _forms in _NAMES.items():
    for _form in _forms.split():
        NAMES[_form] = NAMES.get(_form, frozenset()) | frozenset(_codes.split())
