"""HDF5 files changed as files, not as bytes: members deleted, of another type or shape, or with other values."""

from __future__ import annotations

import random
from pathlib import Path

import h5py
import numpy as np
from fuzzing import mutate_bytes

VALUES = (np.nan, np.inf, -1, 2**31, 2**62, 1e300)


def mutate_hdf5(dice: random.Random, path: Path) -> None:
    """Change an HDF5 file: its bytes, or some of its members."""
    if dice.random() < 0.5:
        mutate_bytes(dice, path)
        return
    with h5py.File(path, "r+") as file:
        for _ in range(dice.choice((1, 1, 2, 3))):
            members: list[str] = []
            file.visit(members.append)
            if members:
                dice.choice(CHANGES)(dice, file, dice.choice(members))


def delete(dice: random.Random, file: h5py.File, name: str) -> None:
    del file[name]


def retype(dice: random.Random, file: h5py.File, name: str) -> None:
    """Write a dataset as another type, or as none at all."""
    if isinstance(file[name], h5py.Dataset) and file[name].dtype.kind in "iufb":
        kind = dice.choice(("f2", "i1", "u8", "c8", "S3", "f8", "bool"))
        with np.errstate(all="ignore"):
            put(file, name, file[name][()].astype(kind))
    else:
        put(file, name, dice.choice((b"text", 1.5, np.zeros(3), h5py.Empty("f4"), ["\xe9".encode("latin-1")])))


def reshape(dice: random.Random, file: h5py.File, name: str) -> None:
    """Give a dataset other dimensions, of which one may be huge."""
    if isinstance(file[name], h5py.Dataset) and file[name].shape:
        old, kind = file[name].shape, file[name].dtype
        shape = dice.choice(((*old, 2), old[:-1], (0, *old[1:]), (10**12, *old[1:]), old[::-1], (old[0] + 1, *old[1:])))
        chunks = tuple(min(length, 64) for length in shape) if shape and all(shape) else None
        put(file, name, None, shape=shape, dtype=kind, chunks=chunks)


def revalue(dice: random.Random, file: h5py.File, name: str) -> None:
    """Change one value of a dataset."""
    member = file[name]
    if isinstance(member, h5py.Dataset) and member.shape and member.size:
        place = tuple(dice.randrange(length) for length in member.shape)
        if member.dtype.kind in "iuf":
            with np.errstate(all="ignore"):
                member[place] = np.array(dice.choice(VALUES)).astype(member.dtype)
        elif member.dtype.kind in "OS":
            member[place] = dice.choice((b"", b"\xff\xfe", b"a/b", b"x" * 3000))


def relabel(dice: random.Random, file: h5py.File, name: str) -> None:
    """Change an attribute, on which readers of AnnData decide."""
    attributes = file[name].attrs
    if len(attributes):
        key = dice.choice(sorted(attributes))
        if dice.random() < 0.3:
            del attributes[key]
        else:
            attributes[key] = dice.choice(("csc_matrix", "dict", "array", "", 7, [-1, 10**12], [1, 2], "dataframe"))


def link(dice: random.Random, file: h5py.File, name: str) -> None:
    """Put a link where a member was."""
    put_link = dice.choice((h5py.SoftLink("/nowhere"), h5py.SoftLink("/"), h5py.ExternalLink("other.h5", "/X")))
    del file[name]
    file[name] = put_link


def put(file: h5py.File, name: str, value: object, **options: object) -> None:
    """Write a dataset in the place of another member, with its attributes."""
    attributes = dict(file[name].attrs)
    del file[name]
    made = file.create_dataset(name, data=value, **options)
    for key, own in attributes.items():
        made.attrs[key] = own


CHANGES = (delete, retype, reshape, revalue, revalue, relabel, link)
