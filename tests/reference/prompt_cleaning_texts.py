"""The texts of the prompt cleaning goldens: what people paste, and what each step of ftfy and html.unescape is for."""


def misread(text, encoding="sloppy-windows-1252", times=1):
    """Mojibake: the text as UTF-8, read with another encoding."""
    import ftfy  # noqa: F401  (registers the sloppy codecs)

    for _ in range(times):
        text = text.encode("utf-8").decode(encoding)
    return text


TEXTS = [
    # plain
    "",
    " ",
    " \n\t ",
    "a red circle moving right on a blue background",
    "  two  spaces,\ta tab,\nand a line  ",
    "no\u00a0break\u2003em\u3000ideographic\u202fnarrow\u1680ogham\u200bzero-width",
    "unit\x1cseparators\x1d\x1e\x1fcount as space",
    "it's 3.14 & 100% (of [all] {braces})",
    # quotes, ligatures, widths
    "\u201cquoted\u201d \u2018single\u2019 it\u2019s \u201alow\u201b \u201elow\u201f \u02bcmodifier",
    "\u00abguillemets\u00bb \u2039single\u203a stay",
    "o\ufb03ce \ufb02oor \ufb01sh \ufb00 \ufb04 \ufb05 \ufb06 \u0132sland \u0149 \u01c4 \u01c5 \u01c6 \u01f1 \u01cb \u00e6 \u0153",
    "\uff2c\uff2f\uff35\uff24\u3000\uff2e\uff2f\uff29\uff33\uff25\uff33\uff01\uff05\uffe5",
    "\uff76\uff9e\uff97\uff7d \uff8a\uff9f \uffa1\uffc2",
    # line breaks, controls, escapes
    "one\r\ntwo\rthree\u2028four\u2029five\x85six\x0cseven\x0beight",
    "\x1b[36;44mblue\x1b[0m text \x1b[m \x1b[12 not \x1b]an escape",
    "nul\x00bell\x07del\x7fbom\ufeffobject\ufffcannotation\ufff9\u206adeprecated",
    "keeps\u200djoiners\u200e and\u00adsoft hyphens",
    "\x80uro and \x93quotes\x94 from C1",
    # normalisation
    "cafe\u0301 n\u0303 A\u030a \u212b \u1100\u1161\u11a8 \u0344",
    "\u00bd \u00b2 \u2460 \u2122 stay as they are",
    # HTML
    "Tom &amp; Jerry &lt;3 &quot;cheese&quot; &#39;yes&#39;",
    "twice &amp;amp; escaped &amp;eacute; thrice &amp;amp;amp; four &amp;amp;amp;amp;",
    "&eacute;t&eacute; &Eacute; &EACUTE; &NTILDE; &nTILDE; &SZLIG; &hellip; &mdash; &nbsp;x&nbsp;",
    "<b>bold</b> &eacute; &amp; &EACUTE; kept by ftfy",
    "first &EACUTE;\nthen < here &EACUTE;\nand &EACUTE; after",
    "&copy 2026 &copyright &not &notit; &notin; &ampamp; &amp=1",
    "&#8217; &#x2019; &#X2019; &#128; &#150; &#x80; &#0; &#xD800; &#1114112; &#99999999999999999999;",
    "&#11; &#xFDD0; &#xFFFF; &#1; &#13; &#10; &#129;",
    "&#39 &#x27 &#; &#x; &; & &bogus; &verylongnamethatisnoentityatallreally; &#x110000",
    "&NotEqualTilde; &fjlig; &bne; &Jscr;ohn &HilbertSpace; &CounterClockwiseContourIntegral;",
    "&amp;lt;script&amp;gt; &ltfoo &GT &LT; &am p;",
    "a=1&b=2&copy=3&lang=en&reg=4",
    # mojibake
    misread("it\u2019s caf\u00e9 \u2014 \u201cna\u00efve\u201d\u2026"),
    misread("\u00fcber Gr\u00f6\u00dfe stra\u00dfe"),
    misread("S\u00e3o Paulo, Espa\u00f1a, d\u00e9j\u00e0 vu"),
    misread("\u00e0 la mode"),
    misread("\u00e0 la mode").replace("\u00a0", " "),
    misread("\u00e0s vezes \u00e0quele").replace("\u00a0", " "),
    misread("voil\u00e0 le travail", "latin-1"),
    misread("\u65e5\u672c\u8a9e\u306e\u30c6\u30ad\u30b9\u30c8"),
    misread("\ud55c\uad6d\uc5b4"),
    misread("\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440"),
    misread("\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440", "sloppy-windows-1251"),
    misread("\u03b3\u03b5\u03b9\u03ac \u03c3\u03bf\u03c5", "sloppy-windows-1253"),
    misread("\u017elu\u0165ou\u010dk\u00fd k\u016f\u0148", "sloppy-windows-1250"),
    misread("\u0141\u00f3d\u017a \u201cok\u201d", "iso-8859-2"),
    misread("\u00e9t\u00e9 \u2019 \u2014", "macroman"),
    misread("caf\u00e9 \u2019", "cp437"),
    misread("I\u011fd\u0131r \u015fehir", "sloppy-windows-1254"),
    misread("\u0101bols r\u012bts \u2019", "sloppy-windows-1257"),
    misread("\u0645\u0631\u062d\u0628\u0627"),
    misread("\u0928\u092e\u0938\u094d\u0924\u0947"),
    misread("\U0001f600 \U0001f680 \u2764\ufe0f"),
    misread("it\u2019s d\u00e9j\u00e0", times=2),
    misread("\u2018deep\u2019", times=3),
    "fine caf\u00e9 and " + misread("caf\u00e9 it\u2019s") + " \u4e2d mixed",
    "\u201cfine\u201d \u4e2d and " + misread("\u65e5\u672c"),
    misread("\u201clost\u201d quotes").replace("\x9d", "\ufffd"),
    misread("caf\u00e9").replace("\u00a9", "?"),
    misread("caf\u00e9 \u4e2d\u56fd").replace("\u00ad", "\ufffd"),
    "\u00c3\u0192\u00c2\u00a9 is doubly done",
    "null \u00c0\u20ac and surrogates \u00ed\u00a0\u00bd\u00ed\u00b8\u20ac here",
    # not mojibake
    "\u00c2ngela \u00c5land \u00c3 \u00c5 \u00d8 \u00e0 \u00e2 \u00df alone",
    "\u00a350 \u20ac100 \u00a5 5\u00b0C 3\u00d74 \u00b12 \u00bc \u00a9 2026 \u00ae \u2122",
    "(\u256f\u00b0\u25a1\u00b0)\u256f\ufe35 \u253b\u2501\u253b \u00af\\_(\u30c4)_/\u00af",
    "Pok\u00e9mon \u2014 l\u2019\u00e9t\u00e9 \u00e0 la plage",
    "\u00ab\u00c7a va\u00bb \u00a1Ol\u00e9! \u00bfQu\u00e9?",
    "\u041f\u0440\u0438\u0432\u0435\u0442 \u043a\u0430\u043a \u0434\u0435\u043b\u0430",
    "\u4e00\u53ea\u732b\u5728\u8349\u5730\u4e0a\u5954\u8dd1\uff0c\u7535\u5f71\u611f",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f44d\U0001f3fd \U0001f1e9\U0001f1ea",
    "\ufffd replacement \ue000 private \U0010ffff last",
]
