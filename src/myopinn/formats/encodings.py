"""The encodings of text that laboratories' programs write."""

from __future__ import annotations


def decoded(raw: bytes) -> str:
    """Give the text of bytes: UTF-8 where they are that, else the Windows code page of the West.

    Programs that know no UTF-8 write accents and the micro sign in Windows-1252, which holds
    Latin-1; five of its bytes stand for nothing and are taken as Latin-1.
    """
    for encoding in ("utf-8", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")
