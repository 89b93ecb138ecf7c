"""doublon: how it is run, and what its findings say. No Python runs while it is measured."""
import json


def command(binary, args, corpus, output):
    return [binary, 'scan', corpus, '--level', 'documents', '--threshold', str(args.threshold), '--pairs',
            '--format', 'json', '--threads', '1', '--text-field', args.text_field, '--id-field', args.id_field,
            '--quiet', '-o', output]


def pairs(findings):
    """The (id, id, similarity) of all pairs that a scan lists."""
    with open(findings, encoding='utf8') as lines:
        for line in lines:
            finding = json.loads(line)
            if finding['type'] == 'document_pair':
                yield finding['a']['id'], finding['b']['id'], finding['jaccard']
