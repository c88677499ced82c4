"""Digest authentication, both sides (RFC 2617, RFC 7616, RFC 8760)."""

import hashlib
import re

HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


def fields_of(value):
    """The parameters of a challenge or of credentials."""
    pairs = re.findall(r'([\w-]+)\s*=\s*("[^"]*"|[^",\s]+)',
                       value.partition(" ")[2])
    return {name.lower(): text.strip('"') for name, text in pairs}


def response_of(fields, method, uri, user, password, count):
    algorithm = fields.get("algorithm", "MD5")

    def digest(text):
        return HASHES[algorithm](text.encode()).hexdigest()

    secret = digest(f"{user}:{fields['realm']}:{password}")
    request = digest(f"{method}:{uri}")
    if "qop" not in fields:
        return digest(f"{secret}:{fields['nonce']}:{request}")
    return digest(f"{secret}:{fields['nonce']}:{count:08x}:{fields['cnonce']}:"
                  f"auth:{request}")


def answer(challenge, method, uri, user, password, count=1):
    """The value of Authorization for that challenge."""
    fields = fields_of(challenge)
    fields["cnonce"] = "0a4f113b"
    parts = [f'username="{user}"', f'realm="{fields["realm"]}"',
             f'nonce="{fields["nonce"]}"', f'uri="{uri}"']
    if "qop" in fields:
        parts += [f"nc={count:08x}", 'cnonce="0a4f113b"', "qop=auth"]
    if "algorithm" in fields:
        parts.append(f"algorithm={fields['algorithm']}")
    if "opaque" in fields:
        parts.append(f'opaque="{fields["opaque"]}"')
    given = response_of(fields, method, uri, user, password, count)
    return "Digest " + ", ".join(parts + [f'response="{given}"'])


def is_right(value, method, password):
    """Do these credentials prove the password?"""
    fields = fields_of(value)
    count = int(fields.get("nc", "1"), 16)
    expected = response_of(fields, method, fields["uri"], fields["username"],
                           password, count)
    return fields.get("response") == expected
