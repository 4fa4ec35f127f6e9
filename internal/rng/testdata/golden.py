"""Prints the table of TestGolden: the derivation of streams and PCG-DXSM, written here a second time.

    python3 golden.py
"""
import hashlib
import struct

MASK = (1 << 128) - 1
LOW = (1 << 64) - 1


def derive(*parts):
    return struct.unpack("<QQ", hashlib.sha256(b"".join(parts)).digest()[:16])


def new(seed):
    return derive(b"sadi/rng/v1", struct.pack("<Q", seed))


def child(s, name):
    return derive(struct.pack("<QQ", *s), name)


def at(s, i):
    return child(s, b"#" + struct.pack("<Q", i) + bytes(8))


def pcg_dxsm(s, n):
    """O'Neill's PCG 128/64 with the DXSM output permutation, as in Go's math/rand/v2."""
    state, out = s[0] << 64 | s[1], []
    for _ in range(n):
        state = (state * (2549297995355413924 << 64 | 4865540595714422341) + (6364136223846793005 << 64 | 1442695040888963407)) & MASK
        hi, lo = state >> 64, state & LOW
        hi ^= hi >> 32
        hi = hi * 0xDA942042E4DD58B5 & LOW
        hi ^= hi >> 48
        out.append(hi * (lo | 1) & LOW)
    return out


for name, s in (
    ("New(0)", new(0)),
    ("New(42)", new(42)),
    ('New(42).Child("trial/17/fold/2")', child(new(42), b"trial/17/fold/2")),
    ('New(42).Child("trial").Child("17")', child(child(new(42), b"trial"), b"17")),
    ("New(42).At(0)", at(new(42), 0)),
    ("New(42).At(7)", at(new(42), 7)),
    ('New(1 << 63).Child("")', child(new(1 << 63), b"")),
):
    print("\t\t{`%s`, %s, %#x, []uint64{%s}}," % (name, name, s[0] ^ s[1], ", ".join(hex(v) for v in pcg_dxsm(s, 3))))
