"""Small words that are easily mistaken for one another, by language, and words that say more than was said.

`CONFUSED` has classes of words; one that stands in the place of another of its class is wrong or says something else.
The first class, of prepositions or particles, carries meaning; the others are matters of form. `ADDED` has adverbs and
the like that fit into many places.
"""

# ruff: noqa: E501 (tables of words read better in long lines)
from __future__ import annotations

CONFUSED: dict[str, tuple[str, ...]] = {
    "en": (
        "about above across after against along among around at before behind below beneath beside between beyond by down during for from in inside into near of off on onto out outside over past since through throughout to toward under until up upon via with within without",
        "a an", "is are", "was were", "has have", "he she it they", "his her its their", "this these", "that those",
    ),
    "de": (
        "an auf aus bei durch für gegen gegenüber hinter in mit nach neben ohne seit trotz über um unter von vor während wegen zu zwischen",
        "der die das dem den des", "ein eine einen einem einer eines", "er sie es", "sein seine seinen ihr ihre ihren", "ist sind", "hat haben", "wurde wurden",
    ),
    "fr": ("à après avant avec chez contre dans de depuis dès en entre par pendant pour sans sous sur vers", "le la les", "un une", "au à aux", "il elle ils", "son sa ses", "est sont", "a ont"),
    "es": ("a ante bajo con contra de desde durante en entre hacia hasta para por sin sobre tras", "el la los las", "un una unos", "su sus", "es son", "ha han"),
    "it": ("a con contro da di dopo durante fra in per senza sopra sotto su tra verso", "il lo la i gli le", "un una uno", "è sono", "ha hanno"),
    "pt": ("a até após com contra de desde durante em entre para por sem sob sobre", "os as", "um uma", "do da dos das", "no na nos nas", "é são"),
    "nl": ("aan achter bij binnen boven buiten door in met na naar naast om onder op over sinds tegen tijdens tot tussen uit van voor zonder", "de het", "is zijn", "heeft hebben", "deze dit"),
    "ru": ("без в во для до за из к на над о об от перед по под при про с через между", "он она оно они", "его её их", "был была было были", "который которая которое которые"),
    "uk": ("без в для до за з із на над о від перед по під при про через між", "він вона воно вони", "був була було були"),
    "pl": ("bez dla do na nad o od po pod przed przez przy u w z za między", "który która które", "był była było byli", "jego jej ich"),
    "cs": ("bez do k mezi na nad o od po pod pro při přes před s u v z za", "který která které", "byl byla bylo byli", "jeho její jejich"),
    "ro": ("contra cu de din după fără în între la pe pentru peste până prin spre sub", "un o", "al a ai ale", "este sunt", "a au"),
    "et": ("ja või", "on oli olid", "see need", "ta nad"),
    "hi": ("में पर से को तक ने", "का की के", "है हैं", "था थी थे"),
    "ne": ("मा बाट लाई सँग ले", "को का की", "छ छन्"),
    "ja": ("が を に で と へ",),
    "zh": ("在 从 对 向 被 把",),
}  # fmt: skip
ADDED: dict[str, str] = {
    "en": "again allegedly almost always barely briefly deliberately early famous finally formerly former frequently hardly initially local later major mainly many more mostly new occasionally often old older only particular partly possible possibly probably quietly rarely recently reportedly secretly several slowly small so-called solely sometimes special strong suddenly temporarily unexpectedly usually various whole young",
    "de": "abermals allmählich angeblich anfangs beinahe bereits erneut fast gelegentlich heimlich hauptsächlich immer kaum kurz langsam manchmal meist möglicherweise neulich nur oft plötzlich selten sogar später teilweise überwiegend vermutlich vorübergehend wahrscheinlich wieder",
    "fr": "apparemment autrefois brièvement déjà encore enfin lentement parfois partiellement peut-être plutôt presque principalement probablement provisoirement rarement récemment secrètement seulement soudain souvent toujours",
    "es": "antes apenas brevemente casi lentamente nuevamente parcialmente posiblemente principalmente probablemente quizás raramente recientemente secretamente siempre solo supuestamente temporalmente todavía",
    "it": "ancora appena brevemente forse lentamente nuovamente parzialmente presto principalmente probabilmente quasi raramente recentemente segretamente sempre solo spesso talvolta temporaneamente",
    "pt": "ainda apenas brevemente frequentemente lentamente novamente parcialmente possivelmente principalmente provavelmente quase raramente recentemente secretamente sempre supostamente talvez",
    "nl": "alleen altijd bijna eerder gedeeltelijk geleidelijk heimelijk misschien nauwelijks onlangs opnieuw plotseling soms tijdelijk vaak vermoedelijk voornamelijk waarschijnlijk zelden",
    "ru": "вероятно внезапно возможно вновь всегда долго едва иногда медленно наверняка недавно неоднократно почти редко сначала снова тайно только частично часто якобы",
    "uk": "вже знову іноді лише майже можливо нещодавно повільно раптово рідко спочатку таємно тільки частково часто ймовірно",
    "pl": "chwilowo często częściowo głównie już ledwie niedawno niekiedy nagle nieco podobno ponownie potajemnie powoli prawdopodobnie prawie rzadko tylko zawsze znów",
    "cs": "asi brzy často částečně dočasně hlavně možná náhle nedávno někdy opět patrně pomalu pouze pravděpodobně téměř tajně údajně vždy zřídka",
    "ro": "adesea aproape brusc câteodată deja doar încet iarăși mereu parțial poate probabil rareori recent temporar",
    "et": "aeglaselt alati arvatavasti äkki harva hiljuti jälle osaliselt peaaegu sageli salaja tõenäoliselt vaid väidetavalt",
    "hi": "अक्सर अचानक अभी कभी-कभी केवल जल्दी धीरे-धीरे पहले फिर बहुत लगभग शायद संभवतः हमेशा हाल",
    "ne": "अक्सर अचानक कहिलेकाहीँ केवल छिट्टै फेरि बिस्तारै लगभग सधैं सायद",
    "ja": "おそらく しばしば すぐに ついに ときどき ほとんど まれに やや 再び 突然",
    "zh": "几乎 偶尔 再次 可能 很少 慢慢 曾经 经常 突然 立即 秘密 逐渐 部分",
}  # fmt: skip
