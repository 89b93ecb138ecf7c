"""Plants passages into documents: copies of a passage of the same or another document, each edited in a known way.

The same documents and seed give the same corpus. Places are half-open, in characters (code points).
"""
import bisect
import json
import random
import re
import unicodedata
from collections import Counter
from typing import NamedTuple

CJK = '\u3040-\u30ff\u3400-\u9fff'
# A word, or a character where words have no spaces.
WORD = re.compile(rf'[{CJK}]|[^\W_{CJK}]+')
SENTENCE = re.compile(r'[^.!?。！？\n]+(?:[.!?。！？]+["»”’)]*|(?=\n)|$)')
LEAST, MOST = 20, 120
# A passage of which no run of so many words stands anywhere else has one source.
RUN, TRIES = 8, 20
# What a reader of print takes for what.
MISREAD = [('rn', 'm'), ('m', 'rn'), ('li', 'h'), ('l', '1'), ('e', 'c'), ('cl', 'd'), ('o', '0'), ('i', 'j'), ('t', 'f'),
           ('u', 'ii'), ('n', 'ri'), ('a', 'o'), ('s', '5')]


class Span(NamedTuple):
    document: str
    start: int
    end: int


class Case(NamedTuple):
    kind: str
    words: int
    source: Span
    copy: Span


def is_cjk(text):
    return 2 * len(re.findall(f'[{CJK}]', text)) > len(WORD.findall(text))


def runs(text):
    words = [word.lower() for word in WORD.findall(text)]
    return [hash(tuple(words[at:at + RUN])) for at in range(len(words) - RUN + 1)]


# --- edits: functions of a text, a random generator and words to draw from -----------------------------------------

def keep(text, *_):
    return text


def join(text, *_):
    return re.sub(r'\s*\n\s*', ' ', text)


def split(text, *_):
    return re.sub(r'(?<=[.!?])\s+', '\n\n', text)


def reorder(text, rng, _):
    sentences = [sentence.strip() for sentence in SENTENCE.findall(text) if sentence.strip()]
    rng.shuffle(sentences)
    return ' '.join(sentences)


def upper(text, *_):
    return text.upper()


def without_punctuation(text, *_):
    return re.sub(r' +', ' ', re.sub(r'[^\w\s]', ' ', text))


def without_accents(text, *_):
    return ''.join(c for c in unicodedata.normalize('NFD', text) if not unicodedata.combining(c))


def each_word(share, change):
    """Changes each word with this probability."""
    def edit(text, rng, vocabulary):
        return WORD.sub(lambda found: change(found[0], rng, vocabulary) if rng.random() < share else found[0], text)
    return edit


def replaced(word, rng, vocabulary):
    return rng.choice(vocabulary)


def left_out(word, rng, vocabulary):
    return ''


def put_in(word, rng, vocabulary):
    return f'{word} {rng.choice(vocabulary)}'


def misread(word, rng, _):
    known = [(wrong, read) for wrong, read in MISREAD if wrong in word]
    wrong, read = rng.choice(known) if known else (word[-1], '')
    return word.replace(wrong, read, 1)


KINDS = {
    'verbatim': keep,
    'paragraphs joined': join,
    'split into paragraphs': split,
    'inside a sentence': keep,
    'sentences in another order': reorder,
    'upper case': upper,
    'no punctuation': without_punctuation,
    'no accents': without_accents,
    '5% of words replaced': each_word(.05, replaced),
    '10% of words replaced': each_word(.10, replaced),
    '20% of words replaced': each_word(.20, replaced),
    '5% of words left out': each_word(.05, left_out),
    '10% of words left out': each_word(.10, left_out),
    '20% of words left out': each_word(.20, left_out),
    '5% more words': each_word(.05, put_in),
    '10% more words': each_word(.10, put_in),
    '20% more words': each_word(.20, put_in),
    '5% of words misread (OCR)': each_word(.05, misread),
    '10% of words misread (OCR)': each_word(.10, misread),
    '20% of words misread (OCR)': each_word(.20, misread),
}
KINDS_CJK = {
    'CJK, verbatim': keep,
    'CJK, 5% of characters replaced': each_word(.05, replaced),
    'CJK, 10% of characters replaced': each_word(.10, replaced),
}


# --- planting --------------------------------------------------------------------------------------------------------

class Planter:
    """Takes up documents one after another; each is the source or the target of one case at most."""

    def __init__(self, texts, seed):
        self.rng = random.Random(seed)
        self.texts = dict(texts)
        fit = [name for name, text in self.texts.items() if len(WORD.findall(text)) >= 2 * LEAST]
        self.rng.shuffle(fit)
        self.left = {cjk: [name for name in fit if is_cjk(self.texts[name]) == cjk] for cjk in (False, True)}
        self.vocabulary = {cjk: [word for name in names[:300] for word in WORD.findall(self.texts[name])
                                 if is_cjk(word) == cjk]
                           for cjk, names in self.left.items()}
        self.seen = Counter(run for name in fit for run in runs(self.texts[name]))
        self.cases = []

    def plant(self, per_kind):
        """Plants so many cases of each kind, half of them within one document, as far as there are documents."""
        for number in range(per_kind):
            for kind, edit in KINDS.items():
                self.case(kind, edit, False, number % 2)
            for kind, edit in KINDS_CJK.items():
                self.case(kind, edit, True, number % 2)

    def case(self, kind, edit, cjk, within):
        source, start, end = self.source(kind, cjk)
        if not source or not self.left[cjk]:
            return
        target = source if within else self.left[cjk].pop()
        copy = edit(self.texts[source][start:end], self.rng, self.vocabulary[cjk]).strip()
        inside = kind == 'inside a sentence'
        at = self.place(self.texts[target], inside, (start, end) if within else (0, 0))
        gap = ' ' if inside else '\n\n'
        text = self.texts[target]
        self.texts[target] = text[:at] + gap + copy + gap + text[at:]
        if within and at <= start:
            start, end = start + len(copy) + 2 * len(gap), end + len(copy) + 2 * len(gap)
        at += len(gap)
        self.cases.append(Case(kind, len(WORD.findall(copy)), Span(source, start, end),
                               Span(target, at, at + len(copy))))

    def source(self, kind, cjk):
        """The next document that has a passage which stands nowhere else, and its place."""
        while self.left[cjk]:
            name = self.left[cjk].pop()
            for _ in range(TRIES):
                start, end = self.passage(self.texts[name], kind)
                if all(self.seen[run] == 1 for run in runs(self.texts[name][start:end])):
                    return name, start, end
        return None, 0, 0

    def passage(self, text, kind):
        """Whole sentences of at least LEAST words, short ones more often than long ones; for one kind, words that start
        anywhere."""
        words = [found.span() for found in WORD.finditer(text)]
        starts = [start for start, _ in words]
        length = min(int(LEAST * (MOST / LEAST) ** self.rng.random()), len(words) // 2)
        first = self.rng.randrange(len(words) - length + 1)
        if kind == 'inside a sentence':
            return words[first][0], words[first + length - 1][1]
        sentences = [found.span() for found in SENTENCE.finditer(text) if WORD.search(found[0])]
        # The first sentence from there on that is followed by as many words, or the last one that is.
        fit = [n for n, (start, _) in enumerate(sentences) if len(words) - bisect.bisect_left(starts, start) >= length]
        first = next((n for n in fit if sentences[n][0] >= words[first][0]), fit[-1])
        at = bisect.bisect_left(starts, sentences[first][0])
        last = words[at + length - 1][1]
        return starts[at], next(end for _, end in sentences[first:] if end >= last)

    def place(self, text, inside, but):
        """A space inside a sentence, or the end of a paragraph, outside of the passage."""
        pattern = r'(?<=\w) (?=\w)' if inside else r'\n+|$'
        places = [found.start() for found in re.finditer(pattern, text)] or [len(text)]
        return self.rng.choice([at for at in places if not but[0] < at < but[1]] or [len(text)])


# --- documents -------------------------------------------------------------------------------------------------------

SYLLABLES = ('la de re ti no sé ma pi co tu né va ço lù gê ño bö zi ka hè ran mel sor vin dou chai pre bli tro gue'
             ).split()


def made_documents(count, seed):
    """Documents of words without meaning, about as frequent as those of a language; one in eight is in Han characters."""
    for number in range(count):
        rng = random.Random(f'{seed} {number}')
        cjk = number % 8 == 7
        sentences = [made_sentence(rng, cjk) for _ in range(rng.randint(12, 40))]
        text = ''
        for sentence in sentences:
            text += sentence + ('\n\n' if rng.random() < .3 else '' if cjk else ' ')
        yield f'made-{number:05}', text.strip()


def made_sentence(rng, cjk):
    ranks = [int(6000 ** rng.random()) for _ in range(rng.randint(5, 28))]
    if cjk:
        return ''.join(chr(0x4e00 + rank) for rank in ranks) + '。'
    return ' '.join(map(made_word, ranks)).capitalize() + '.'


def made_word(rank):
    word = ''
    while rank:
        rank, digit = divmod(rank - 1, len(SYLLABLES))
        word += SYLLABLES[digit]
    return word


def read_documents(path, text_field, id_field):
    with open(path, encoding='utf8') as lines:
        for number, line in enumerate(lines):
            record = json.loads(line)
            yield str(record.get(id_field, number)), record[text_field]
