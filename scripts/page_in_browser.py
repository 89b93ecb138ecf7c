"""Opens pages of `--format html` in a headless Chromium, and does with them what a reader would, and an attacker.

    python3 scripts/page_in_browser.py target/debug/doublon [--axe axe.min.js] [--pictures DIR]

Checks that pages render with and without script, can be searched, filtered, sorted and used by keyboard; that hostile
text runs nothing and loads nothing; that a page with very many findings opens; and, with `--axe`, that axe-core finds
no fault of accessibility. With `--pictures`, the pages are left there with pictures of them.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import chromium

ROOT = pathlib.Path(__file__).resolve().parent.parent

# What runs if it is taken for markup, for a script or for an address. Each would leave a trace in `ran`.
PAYLOADS = [
    "<script>window.ran = 1</script>",
    "</script><script>window.ran = 1</script>",
    "</style><script>window.ran = 1</script>",
    "</title></textarea></noscript><script>window.ran = 1</script>",
    "\"><img src=x onerror=\"window.ran = 1\">",
    "'><svg onload='window.ran = 1'>",
    "<img src=http://127.0.0.1:9/seen>",
    "<iframe srcdoc=\"<script>parent.ran = 1</script>\"></iframe>",
    "<link rel=stylesheet href=http://127.0.0.1:9/style>",
    "<meta http-equiv=refresh content=\"0;url=http://127.0.0.1:9/\">",
    "<a href=\"javascript:window.ran = 1\" autofocus onfocus=\"window.ran = 1\">",
    "javascript:window.ran=1",
    "<!--", "--><script>window.ran = 1</script>", "<![CDATA[", "&lt;script&gt;", "{{ 7 * 7 }}", "${7 * 7}",
    "<base href=http://127.0.0.1:9/>", "<form id=search><input name=value>", "<template id=list>",
    "x\u2028y\u2029z", "\u202egpj.exe\u2066", "\x1b]0;title\x07", "a\x00b", "\u200b\ufeff\u00ad",
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("doublon", type=pathlib.Path)
    parser.add_argument("--axe", type=pathlib.Path)
    parser.add_argument("--pictures", type=pathlib.Path)
    args = parser.parse_args()
    if not chromium.program():
        sys.exit("no Chromium found")
    with tempfile.TemporaryDirectory() as folder, chromium.Browser() as browser:
        if args.pictures:
            args.pictures.mkdir(parents=True, exist_ok=True)
        checks = Checks(browser, args.doublon.resolve(), args.pictures or pathlib.Path(folder), args)
        for name, check in vars(Checks).items():
            if name.startswith(("a_", "the_", "hostile_", "very_")):
                check(checks)
                print(f"ok  {name.replace('_', ' ')}", flush=True)


class Checks:
    def __init__(self, browser, doublon, folder, args):
        self.browser, self.doublon, self.folder, self.args = browser, doublon, folder.resolve(), args

    def the_seed_is_told_in_words(self):
        page = self.scan("seed", "data/seed", cwd=ROOT)
        self.open(page)
        expected = "In data/seed/article.txt, one passage stands more than once; 13.2% of the text is repeated."
        assert self.text("h1") == expected, self.text("h1")
        assert self.text(".card code") == "doublon clean data/seed --out seed.clean --passages cut", self.text(".card code")
        verdict = self.text(".verdict")
        assert verdict.startswith("Paragraph 15, the last, repeats paragraphs 5 and 6, joined"), verdict
        assert self.count("details.group[open] blockquote ins") == 1
        self.is_accessible()
        self.picture("seed")

    def a_page_with_many_groups_is_searched_filtered_and_sorted(self):
        page = self.many()
        self.open(page)
        everything = self.shown()
        assert everything > 20, everything
        self.type("search", "zanzibar")
        assert 0 < self.shown() < everything, self.shown()
        found, marked = self.run("[shownText(), [...CSS.highlights.get('search')].map(String)]"
                                 .replace("shownText()", "document.querySelector('.group:not([hidden])').textContent"))
        assert "zanzibar" in found.lower() and set(word.lower() for word in marked) == {"zanzibar"}, (found, marked)
        assert "q=zanzibar" in self.run("location.hash"), self.run("location.hash")
        self.type("search", "text-05-copy")
        assert 0 < self.shown() < 5, "documents of clusters are found"
        self.type("search", "ZANZIBÄR")
        assert 0 < self.shown() < everything, "neither case nor accents count"
        self.type("search", "no such words")
        assert self.shown() == 0 and self.run("!document.getElementById('none').hidden")
        self.run("document.getElementById('reset').click()")
        assert self.shown() == everything
        kinds = [self.choose("kind", kind) for kind in ["documents", "passages", ""]]
        assert kinds[0] > 0 and kinds[1] > 0 and kinds[0] + kinds[1] == kinds[2] == everything, kinds
        scopes = [self.choose("kind", scope) for scope in ["within", "across"]]
        assert min(scopes) > 0 and sum(scopes) == kinds[1], (scopes, kinds)
        self.choose("kind", "")
        for order, key, sign in [("cost", "cost", -1), ("count", "count", -1), ("unlike", "alike", 1),
                                 ("alike", "alike", -1), ("position", "position", 1)]:
            self.choose("sort", order)
            values = self.run("[...document.querySelectorAll('.shelf:not([hidden]) .group')]"
                              f".map(group => {sign} * group.dataset.{key})")
            assert values == sorted(values), (order, values)
        self.run("document.getElementById('unfold').click()")
        assert self.run("[...document.querySelectorAll('.shelf:not([hidden]) .group')].every(group => group.open)")
        assert self.run("document.querySelectorAll('.shelf:not([hidden]) noscript').length") == 0, "all is unpacked"
        self.is_quiet(page)

    def a_page_is_filtered_by_files_and_its_view_stands_in_the_address(self):
        page = self.many()
        self.open(page)
        everything = self.shown()
        self.run("document.querySelector('.tree a[href*=\"in=\"]').click()")
        assert 0 < self.shown() < everything, self.shown()
        assert self.count(".tree a[aria-current]") == 1
        self.type("search", "text")
        view = self.run("location.hash")
        assert "in=" in view and "q=text" in view, view
        here = self.shown()
        self.run(f"location.hash = '#{''}'; location.hash = {json.dumps(view)}")
        self.browser.settle(0.3)
        assert self.shown() == here and self.run("document.getElementById('search').value") == "text"
        self.run("document.querySelector('.tree a[aria-current]').click()")
        self.type("search", "")
        assert self.shown() == everything
        self.is_quiet(page)

    def a_page_has_tabs(self):
        page = self.many()
        self.open(page)
        tabs = self.run("[...document.querySelectorAll('[role=tab]')].map(tab => tab.textContent)")
        assert len(tabs) > 1 and tabs[0].startswith("Duplicates"), tabs
        self.run("document.querySelector('[role=tab]').focus()")
        self.browser.press("ArrowRight")
        assert self.focus() == tabs[1].strip(), self.focus()
        assert self.run("document.querySelectorAll('.shelf:not([hidden])').length") == 1
        assert "tab=" in self.run("location.hash")
        self.is_quiet(page)

    def a_page_prints_its_first_groups_unfolded(self):
        page = self.many()
        self.open(page)
        self.run("dispatchEvent(new Event('beforeprint'))")
        assert self.count(".group[open] .body") == 20, self.count(".group[open] .body")
        self.run("dispatchEvent(new Event('afterprint'))")
        assert self.count(".group[open]") == 1

    def a_page_of_400_groups_is_light(self):
        path = self.folder / "light.jsonl"
        lines = self.findings("data/seed", cwd=ROOT).strip("\n").split("\n")
        found, family = json.loads(lines[1]), json.loads(lines[2])
        family["occurrences"] *= 9
        with path.open("w") as file:
            print(lines[0], file=file)
            for number in range(400):
                print(json.dumps(found | {"id": f"p{number + 1}", "family": f"f{number + 1}"}), file=file)
            for number in range(400):
                print(json.dumps(family | {"id": f"f{number + 1}", "count": 10}), file=file)
            print(lines[-1], file=file)
        page = self.report("light", path)
        self.open(page)
        nodes = self.run("{ let n = 0; const all = document.createTreeWalker(document); while (all.nextNode()) n++; n }")
        assert page.stat().st_size < 1_000_000 and nodes < 20_000, (page.stat().st_size, nodes)

    def a_page_is_used_by_keyboard(self):
        page = self.many()
        self.open(page)
        self.browser.press("Tab")
        assert self.focus() == "Skip to the findings", self.focus()
        self.browser.press("Enter")
        self.browser.settle()
        assert self.run("document.activeElement.id") == "groups", self.focus()
        self.browser.press("/")
        assert self.run("document.activeElement.id") == "search", self.focus()
        for key in "zanzibar":
            self.browser.press(key)
        self.browser.settle(0.5)
        found = self.shown()
        assert found > 0 and self.run("document.getElementById('search').value") == "zanzibar"
        self.browser.press("Escape")
        self.browser.settle(0.5)
        assert self.shown() > found
        self.run("document.activeElement.blur()")
        self.browser.press("j")
        self.browser.press("j")
        self.browser.press("k")
        self.browser.press("j")
        second = "document.querySelectorAll('.shelf:not([hidden]) .group')[1]"
        assert self.run(f"document.activeElement === {second}.querySelector('summary')"), self.focus()
        for is_open in [True, False]:
            self.browser.press("Enter")
            assert self.run(f"{second}.open") == is_open
        assert self.run("getComputedStyle(document.activeElement).outlineStyle") != "none"
        anchor = self.run("document.querySelector('.card .go a').getAttribute('href')")
        self.type("search", "no such words")
        self.run("document.querySelector('.card .go a').click()")
        self.browser.settle(0.3)
        assert self.run(f"document.querySelector('{anchor}').open && document.activeElement.closest('{anchor}') != null")
        self.is_quiet(page)

    def a_page_is_reviewed_and_its_decisions_are_carried_out(self):
        page = self.many()
        self.open(page)
        assert self.run("!document.getElementById('review').hidden && document.getElementById('save').disabled")
        self.run("document.activeElement.blur()")
        # By keyboard: the first finding is accepted, the second ignored, a place of the third becomes the original.
        for key in "jrjijno":
            self.browser.press(key)
            self.browser.settle(0.1)
        groups = "[...document.querySelectorAll('.shelf:not([hidden]) .group')].slice(0, 3)"
        marks = self.run(f"{groups}.map(group => group.querySelector('.mark')?.textContent ?? '')")
        assert marks == ["others go", "ignored", "other original"], marks
        row = "document.activeElement.closest('li')"
        assert self.run(f"{row}.querySelector('[data-decide=original]').getAttribute('aria-pressed')") == "true"
        self.is_accessible()
        self.picture("review")
        # By mouse: a place of the first stays. What is decided twice is undone.
        self.run(f"{groups}[0].querySelectorAll('.places [data-decide=keep]')[0].click()")
        assert self.text("#decided") == "3 findings decided.", self.text("#decided")
        self.run(f"{groups}[1].querySelector('summary').click()")
        self.browser.settle(0.1)
        self.run(f"{groups}[1].querySelector('[data-decide=ignore]').click()")
        assert self.text("#decided") == "2 findings decided.", self.text("#decided")
        self.browser.press("?", shift=True)
        assert self.run("!document.getElementById('key-list').hidden")
        self.is_accessible()
        self.browser.press("?", shift=True)
        self.browser.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(self.folder))
        (self.folder / "decisions.jsonl").unlink(missing_ok=True)
        self.run("document.getElementById('save').click()")
        self.browser.settle(1)
        told, _ = self.browser.complaints()
        assert told == [], told
        assert "saved" in self.text("#decided"), self.text("#decided")
        lines = [json.loads(line) for line in (self.folder / "decisions.jsonl").read_text().splitlines()]
        assert lines[0]["schema"] == "doublon.decisions/1" and lines[0]["undecided"] == "remove", lines[0]
        assert [line["decision"] for line in lines[1:]] == ["accept", "keep", "original"], lines
        done = subprocess.run([self.doublon, "clean", self.folder / "many", "--passages", "cut", "--decisions",
                               self.folder / "decisions.jsonl", "--out", self.folder / "reviewed", "--overwrite"],
                              stderr=subprocess.PIPE, text=True)
        assert done.returncode == 0 and "nothing was found" not in done.stderr, done.stderr
        verified = subprocess.run([self.doublon, "verify", self.folder / "reviewed"], stdout=subprocess.PIPE)
        assert verified.returncode == 0, verified.stdout
        left = (self.folder / "reviewed" / "_doublon" / "staying.jsonl").read_text()
        assert '"decided"' in left, left

    def a_page_works_without_script(self):
        page = self.many()
        self.browser.open(page, script=False)
        self.browser.settle()
        self.browser.call("Emulation.setScriptExecutionDisabled", value=False)
        assert self.count(".group .body") == self.count(".group") > 20, "what is folded is there"
        assert self.count(".fold") == self.count(".fold:not([open])") > 0
        assert self.run("['tools', 'tabs', 'review'].every(id => document.getElementById(id).hidden)")
        self.is_quiet(page)

    def a_page_fits_a_telephone_and_paper_and_looks_good_in_the_dark(self):
        page = self.many()
        for dark in [False, True]:
            for width in [390, 768, 1280]:
                self.open(page, width=width, dark=dark)
                self.run("document.querySelectorAll('.group').forEach((group, i) => group.open = i < 6)")
                self.browser.settle(0.3)
                wide = self.run("document.documentElement.scrollWidth")
                assert wide <= width, f"{wide} wide in a window of {width}"
                self.is_accessible()
                self.picture(f"many-{width}{'-dark' if dark else ''}")
        self.browser.print(self.folder / "many.pdf")
        assert (self.folder / "many.pdf").stat().st_size > 10_000

    def hostile_documents_run_and_load_nothing(self):
        self.hostile(self.scan("hostile", self.archive()))

    def hostile_findings_run_and_load_nothing(self):
        """Findings are files too, which someone else may have written."""
        lines = self.findings(self.archive()).strip("\n").split("\n")
        numbers = iter(range(10**9))

        def poisoned(value, key=None):
            if isinstance(value, dict):
                return {name: poisoned(inner, name) for name, inner in value.items()}
            if isinstance(value, list):
                return [poisoned(inner) for inner in value]
            names = ("type", "schema", "kind", "scope", "covers", "reason", "level", "shingle", "keep", "fingerprint",
                     "class", "equality", "unit")
            if isinstance(value, str) and key not in names:
                return PAYLOADS[next(numbers) % len(PAYLOADS)] + value
            return value

        path = self.folder / "poisoned.jsonl"
        path.write_text("\n".join(json.dumps(poisoned(json.loads(line))) for line in lines) + "\n")
        self.hostile(self.report("poisoned", path))

    def the_policy_stops_what_would_get_past_the_escaping(self):
        page = self.scan("seed", "data/seed", cwd=ROOT)
        self.open(page)
        self.run("window.stopped = []; document.addEventListener('securitypolicyviolation', "
                 "event => stopped.push(event.effectiveDirective)); "
                 "document.body.insertAdjacentHTML('beforeend', '<img src=http://127.0.0.1:9/x onerror=\"window.ran=1\">"
                 "<p style=\"color:red\" onclick=\"window.ran=1\" id=evil>x</p>'); "
                 "const script = document.createElement('script'); script.textContent = 'window.ran = 1'; "
                 "document.body.append(script); document.getElementById('evil').click()")
        self.browser.settle(0.5)
        stopped = set(self.run("window.stopped"))
        assert {"img-src", "script-src-elem", "script-src-attr", "style-src-attr"} <= stopped, stopped
        assert self.run("window.ran") is None

    def very_many_findings_open(self):
        path = self.folder / "very-many.jsonl"
        lines = self.findings("data/seed", cwd=ROOT).strip("\n").split("\n")
        header, family, summary = lines[0], json.loads(lines[2]), json.loads(lines[-1])
        with path.open("w") as file:
            print(header, file=file)
            for number in range(100_000):
                family["id"] = f"f{number + 1}"
                print(json.dumps(family), file=file)
            print(json.dumps(summary | {"passage_families": 100_000}), file=file)
        page = self.report("very-many", path)
        seconds = self.open(page)
        assert self.shown() == 400 and "400 of 100,000 groups" in self.text(".notice"), self.text(".notice")
        # Far above what it takes, for a machine that is busy.
        assert seconds < 10, seconds
        self.is_quiet(page)

    # What the checks are made of.

    def hostile(self, page):
        self.open(page)
        self.run("document.querySelectorAll('details').forEach(details => details.open = true)")
        self.browser.settle(1)
        assert self.run("window.ran") is None
        made = self.run("[...document.querySelectorAll('img, iframe, link, base, object, embed, script, style, "
                        "template, meta, [onload], [onerror], [onfocus], [href^=\"javascript\" i]')]"
                        ".map(element => element.tagName).sort().join(' ')")
        assert made == "META META META META META SCRIPT STYLE", made
        assert self.count("noscript .body") == 0
        assert self.run("document.querySelectorAll('#search, #list').length") == 2
        text = self.run("document.body.textContent")
        for payload in PAYLOADS:
            if payload.isprintable():
                assert payload in text, f"{payload!r} is not shown as it is"
        for code in ["<U+202E>", "<U+2066>", "<U+2028>", "<U+001B>", "<U+0000>", "<U+200B>"]:
            assert code in text, f"{code} is not shown"
        assert not set(text) & set("\u202e\u2066\u2028\x1b\u200b\ufeff"), "a character acts"
        for group in ["", "\"><", "'"]:
            self.type("search", group)
        assert self.run("window.ran") is None
        self.is_quiet(page)

    def archive(self):
        """Documents with each payload in their text, in their id and, where a file can have it, in their name."""
        folder = self.folder / "hostile"
        folder.mkdir(exist_ok=True)
        words = [f"word{number}" for number in range(60)]
        with (folder / "docs.jsonl").open("w") as file:
            for number, payload in enumerate(PAYLOADS):
                common = " ".join(f"{word}n{number}" for word in words)
                own = " ".join(f"own{number}x{i}" for i in range(200))
                text = f"{payload} {common[:150]} {payload} {common[150:]} {payload}"
                rows = [f"{text}\n\n{own}", f"{payload}\n\n{text.upper()} {payload}", f"{own} {payload}\n\n{own}"]
                rows += [rows[0]]
                for i, row in enumerate(rows):
                    print(json.dumps({"id": f"{payload}{i}", "text": row}), file=file)
        for number, payload in enumerate(PAYLOADS):
            name = payload.replace("/", "").replace("\0", "")[:100]
            for copy in "ab":
                text = " ".join(f"copy{number}y{i}" for i in range(80))
                (folder / f"{copy}{name}.txt").write_text(f"{payload}\n\n{text} {payload}\n")
        return folder

    def many(self):
        """A page with duplicates and repeats, within documents and across."""
        folder = self.folder / "many"
        if not folder.exists():
            folder.mkdir()
            dice = random.Random(7)
            words = [bytes(dice.choices(b"bcdfglmnprstv", k=1) + dice.choices(b"aeiou", k=1)
                           + dice.choices(b"lmnrst", k=1)).decode() * dice.choice([1, 2]) for _ in range(900)]

            def passage(length):
                return " ".join(dice.choices(words, k=length)).capitalize() + "."

            shared = [passage(dice.randint(25, 70)) for _ in range(12)]
            shared[3] = "Zanzibar " + shared[3]
            numbers = " ".join(str(dice.randrange(10_000)) for _ in range(60))
            footer = passage(30)
            for number in range(40):
                parts = [passage(dice.randint(30, 90)) for _ in range(6)]
                parts[dice.randrange(6)] = shared[number % 12]
                if number % 4 == 0:
                    parts.append(parts[1].replace(words[3], words[4]) + " " + parts[2])
                if number % 13 == 0:
                    parts.append(numbers)
                parts.append(footer)
                text = "\n\n".join(parts) + "\n"
                (folder / f"text-{number:02}.txt").write_text(text)
                if number % 5 == 0:
                    (folder / f"text-{number:02}-copy.txt").write_text(text.replace(parts[0][:20], "Other words"))
        return self.scan("many", folder)

    def findings(self, path, cwd=None):
        return self.doublon_prints("scan", path, "--format", "json", "-q", cwd=cwd)

    def scan(self, name, path, cwd=None):
        page = self.folder / f"{name}.html"
        self.doublon_prints("scan", path, "--format", "html", "-q", "-o", page, cwd=cwd)
        return page

    def report(self, name, findings):
        page = self.folder / f"{name}.html"
        self.doublon_prints("report", findings, "--format", "html", "-o", page)
        return page

    def doublon_prints(self, *args, cwd=None):
        done = subprocess.run([self.doublon, *map(str, args)], cwd=cwd or self.folder, stdout=subprocess.PIPE)
        # 3: done, but some input could not be read.
        assert done.returncode in (0, 3), (args, done.returncode)
        return done.stdout.decode()

    def open(self, page, **options):
        return self.browser.open(page, **options)

    def run(self, expression):
        return self.browser.run(expression)

    def text(self, selector):
        return self.run(f"document.querySelector({json.dumps(selector)}).textContent.trim()")

    def count(self, selector):
        return self.run(f"document.querySelectorAll({json.dumps(selector)}).length")

    def shown(self):
        """Groups that fit the filters, those of other tabs included."""
        return self.count(".group:not([hidden])")

    def focus(self):
        return self.run("document.activeElement.textContent.trim().slice(0, 80)")

    def type(self, field, text):
        self.run(f"{{ const field = document.getElementById({json.dumps(field)}); field.value = {json.dumps(text)}; "
                 "field.dispatchEvent(new Event('input', {bubbles: true})) }")
        self.browser.settle(0.4)

    def choose(self, field, value):
        self.run(f"{{ const field = document.getElementById({json.dumps(field)}); field.value = {json.dumps(value)}; "
                 "field.dispatchEvent(new Event('change', {bubbles: true})) }")
        return self.shown()

    def is_quiet(self, page):
        """The page logged nothing, threw nothing, and asked for nothing but itself."""
        told, urls = self.browser.complaints()
        assert told == [], told
        assert {url.split("#")[0] for url in urls} <= {page.as_uri()}, urls

    def is_accessible(self):
        if not self.args.axe:
            return
        self.run(self.args.axe.read_text() + "; 1")
        # What is not drawn, being far below the window, is not judged.
        self.run("document.querySelectorAll('.group').forEach(group => group.style.contentVisibility = 'visible')")
        faults = self.run("axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.map("
                          "fault => [fault.id, fault.nodes[0].html.slice(0, 200), fault.nodes[0].failureSummary]))")
        assert faults == [], json.dumps(faults, indent=2)

    def picture(self, name):
        if self.args.pictures:
            self.browser.screenshot(self.folder / f"{name}.png")


if __name__ == "__main__":
    main()
