#!/usr/bin/env python3
"""Make a larger corpus from the sentences of a small one, with near copies among them.

  recombine.py IN.jsonl OUT.jsonl [--bytes 60000000] [--seed 5]

Each document is 8 to 30 sentences drawn at random; one in twenty is the document before it with one sentence in twenty
left out. The same input, size and seed give the same bytes.
"""
import argparse
import json
import random
import re


def documents(sentences, rng):
    last = None
    while True:
        if last and rng.random() < .05:
            last = [sentence for sentence in last if rng.random() < .95]
        else:
            last = rng.sample(sentences, rng.randint(8, 30))
        yield ' '.join(last)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('input')
    p.add_argument('output')
    p.add_argument('--bytes', type=int, default=60_000_000)
    p.add_argument('--seed', type=int, default=5)
    a = p.parse_args()
    with open(a.input, encoding='utf8') as lines:
        texts = [json.loads(line)['text'] for line in lines if line.strip()]
    sentences = [s for text in texts for s in re.split(r'(?<=[.!?])\s+|\n+', text) if len(s) > 20]
    written = 0
    with open(a.output, 'w', encoding='utf8') as out:
        for n, text in enumerate(documents(sentences, random.Random(a.seed))):
            if written >= a.bytes:
                break
            line = json.dumps({'id': str(n), 'text': text}, ensure_ascii=False) + '\n'
            out.write(line)
            written += len(line.encode())


if __name__ == '__main__':
    main()
