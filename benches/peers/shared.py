"""What the programs of this folder share: their arguments, the corpus, words and shingles, and the form of results."""
import argparse
import json
import re
import unicodedata

SHINGLE = 5

# Scripts written without spaces, whose characters are words of their own: Thai, Lao, Myanmar, Khmer, kana, Han.
SINGLE = ('\u0e00-\u0eff\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f\u1780-\u17ff\u3041-\u30ff\u31f0-\u31ff'
          '\U0001b000-\U0001b16f\u3005\u3007\u3021-\u3029\u303b\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff')
SINGLE_CHARACTER = re.compile(f'[{SINGLE}]')


def parser(description):
    """What takes the arguments that each peer is run with."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument('input')
    made.add_argument('output')
    made.add_argument('--text-field', default='text')
    made.add_argument('--id-field', default='id')
    made.add_argument('--threshold', type=float, default=0.8)
    return made


def documents(path, text_field, id_field):
    """The (id, text) of each line."""
    with open(path, encoding='utf8') as lines:
        for number, line in enumerate(lines, 1):
            try:
                record = json.loads(line)
                document = str(record[id_field]), record[text_field]
            except (ValueError, LookupError, TypeError) as problem:
                raise SystemExit(f'{path}:{number}: no JSON object with `{text_field}` and `{id_field}`: {problem}')
            yield document


def corpus(args):
    """The ids and the texts of all documents, as two lists."""
    ids, texts = [], []
    for name, text in documents(args.input, args.text_field, args.id_field):
        ids.append(name)
        texts.append(text)
    return ids, texts


def shingles(text):
    """The runs of five words of a text, each as one string: for the peers that leave this to the caller."""
    found = words(text)
    if len(found) < SHINGLE:
        return [' '.join(found)] if found else []
    return [' '.join(run) for run in zip(found, found[1:], found[2:], found[3:], found[4:])]


def words(text):
    """The words of a text: in NFKC and lower case, loose marks and invisible characters dropped, runs of letters and
    digits, and single characters of scripts written without spaces."""
    return unicodedata.normalize('NFKC', text).lower().translate(LETTERS).split()


class Letters(dict):
    """For `str.translate`: what becomes of each character, looked up when it first occurs."""

    def __missing__(self, code):
        c = chr(code)
        category = unicodedata.category(c)
        if category in ('Mn', 'Me', 'Cf'):
            self[code] = ''
        elif c == 'ς':
            self[code] = 'σ'
        elif category[0] != 'L' and category not in ('Mc', 'Nd', 'Nl', 'No'):
            self[code] = ' '
        else:
            self[code] = f' {c} ' if SINGLE_CHARACTER.match(c) else c
        return self[code]


LETTERS = Letters()


def write_groups(path, groups):
    """One group of ids a line, each a duplicate of each other: pairs are groups of two, clusters may be larger."""
    with open(path, 'w', encoding='utf8') as out:
        for group in groups:
            out.write('\t'.join(group) + '\n')
