"""Month names of the languages whose dates are read; a name maps to the months that it may mean."""

# ruff: noqa: E501 (word lists read better in long lines)
from __future__ import annotations

_NAMES: dict[str, str] = {
    "en": "january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sep/sept october/oct"
          " november/nov december/dec",
    "de": "januar/jänner februar märz/maerz/mär april mai juni juli august september oktober/okt november dezember/dez",
    "fr": "janvier février/fevrier/févr mars avril mai juin juillet/juil août/aout septembre octobre novembre décembre/déc",
    "es": "enero/ene febrero marzo abril/abr mayo junio julio agosto/ago septiembre/setiembre octubre noviembre diciembre/dic",
    "it": "gennaio/gen febbraio marzo aprile maggio giugno luglio agosto settembre ottobre/ott novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "ru": "январь/января/январе/январю/янв февраль/февраля/феврале/февралю/фев март/марта/марте/марту апрель/апреля/апреле/апрелю май/мая/мае/маю"
          " июнь/июня/июне/июню июль/июля/июле/июлю август/августа/августе/августу сентябрь/сентября/сентябре/сентябрю октябрь/октября/октябре/октябрю"
          " ноябрь/ноября/ноябре/ноябрю декабрь/декабря/декабре/декабрю",
    "cs": "leden/ledna/lednu únor/února/únoru březen/března/březnu duben/dubna/dubnu květen/května/květnu červen/června/červnu"
          " červenec/července/červenci srpen/srpna/srpnu září říjen/října/říjnu listopad/listopadu prosinec/prosince/prosinci",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "et": "jaanuar/jaanuari/jaanuaris veebruar/veebruari/veebruaris märts/märtsi/märtsis aprill/aprilli/aprillis mai/mais juuni/juunis"
          " juuli/juulis august/augusti/augustis september/septembri/septembris oktoober/oktoobri/oktoobris november/novembri/novembris"
          " detsember/detsembri/detsembris",
    "tr": "ocak/ocakta şubat/şubatta mart/martta nisan/nisanda mayıs/mayısta haziran/haziranda temmuz/temmuzda ağustos/ağustosta"
          " eylül/eylülde ekim/ekimde kasım/kasımda aralık/aralıkta",
    "fi": "tammikuu/tammikuuta/tammikuussa helmikuu/helmikuuta/helmikuussa maaliskuu/maaliskuuta/maaliskuussa huhtikuu/huhtikuuta/huhtikuussa"
          " toukokuu/toukokuuta/toukokuussa kesäkuu/kesäkuuta/kesäkuussa heinäkuu/heinäkuuta/heinäkuussa elokuu/elokuuta/elokuussa"
          " syyskuu/syyskuuta/syyskuussa lokakuu/lokakuuta/lokakuussa marraskuu/marraskuuta/marraskuussa joulukuu/joulukuuta/joulukuussa",
    "lv": "janvāris/janvāra/janvārī februāris/februāra/februārī marts/marta/martā aprīlis/aprīļa/aprīlī maijs/maija/maijā"
          " jūnijs/jūnija/jūnijā jūlijs/jūlija/jūlijā augusts/augusta/augustā septembris/septembra/septembrī"
          " oktobris/oktobra/oktobrī novembris/novembra/novembrī decembris/decembra/decembrī",
    "hi": "जनवरी फ़रवरी/फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर/सितम्बर अक्टूबर नवंबर/नवम्बर दिसंबर/दिसम्बर",
}  # fmt: skip

MONTHS: dict[str, frozenset[int]] = {}
for _language, _line in _NAMES.items():
    for _number, _slot in enumerate(_line.split(), 1):
        for _name in _slot.split("/"):
            MONTHS[_name] = MONTHS.get(_name, frozenset()) | {_number}
# "May" and "mars" are words too, and Czech "listopad" is November where Croatian's is October: callers ask for a number nearby.
MONTHS["listopad"] = MONTHS["listopadu"] = frozenset({10, 11})
