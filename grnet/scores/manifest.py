"""`manifest.json` beside the score shards: what they are of, and which of them are done.

Enters: the plan of a scoring, and a record of each shard as it comes. Leaves: a file that is whole at any time, so that
scoring can go on from it, and that is the same in the end however often scoring was broken off. Readers of finished
scores ask :func:`list_shards`, which also takes a manifest with less in it, or none.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from grnet.schema.errors import FormatError, GrnetError, MissingInputError
from grnet.schema.network_folder import MANIFEST_FILE, SHARD_PATTERN
from grnet.schema.progress import SILENT, Progress
from grnet.scores.shards import Shard, ShardRecord, find_flaw, record_of
from grnet.storage.documents import read_json, write_json
from grnet.storage.entries import Anything, Flag, Form, ListOf, OrNull, TableOf, Text, Whole, check_entries

FORMAT, FORMAT_VERSION = "grnet scores", 1
SHARE_OF_SAVING = 0.02
"""Most of the time that goes into writing the file anew: of a hundred thousand shards it is long."""
ANEW = "infer the network anew to score all candidates"
"""How to mend scores that are damaged or lost."""
_RECORD_FORM: Form = {"name": Text(), "rows": Whole(0), "sha256": Text()}
_FORM: Form = {"done?": Flag(), "plan?": TableOf(Anything()), "shards?": ListOf(Anything())}
_LISTED_FORM: Form = {"name": Text(), "rows?": OrNull(Whole(0)), "sha256?": OrNull(Text())}


@dataclass
class Manifest:
    """The state of a scoring.

    Attributes
    ----------
    file : Path
    plan : mapping
        What decides the bytes of the shards, with the checksums of the inputs; JSON values.
    counts : mapping of str to int
        TFs, genes, candidates, and TF × gene pairs that cannot be scored.
    shards : sequence of Shard
        All that there are to be.
    done : dict of str to ShardRecord
        Those that are written, by the name of their file.
    next_save : float
        When `note` writes the file again, by the monotonic clock.
    """

    file: Path
    plan: Mapping[str, Any]
    counts: Mapping[str, int]
    shards: Sequence[Shard]
    done: dict[str, ShardRecord] = field(default_factory=dict)
    next_save: float = 0.0

    @property
    def is_done(self) -> bool:
        """Whether all shards are written."""
        return len(self.done) == len(self.shards)

    def missing(self) -> list[Shard]:
        """Return the shards that are still to be written, in order."""
        return [shard for shard in self.shards if shard.name not in self.done]

    def note(self, record: ShardRecord) -> None:
        """Note that a shard is written, also in the file, unless that would cost more than scoring does.

        A file that is a few shards behind loses nothing: shards that it does not name are taken over as well.
        """
        self.done[record.name] = record
        start = time.monotonic()
        if start >= self.next_save:
            self.save()
            self.next_save = start + (time.monotonic() - start) / SHARE_OF_SAVING

    def save(self) -> None:
        """Write the file, atomically."""
        write_json(
            {
                "format": FORMAT,
                "format_version": FORMAT_VERSION,
                "done": self.is_done,
                "plan": dict(self.plan),
                **self.counts,
                "parts": len(self.shards),
                "shards": [asdict(self.done[name]) for name in sorted(self.done)],
            },
            self.file,
        )

    def take_over(self, progress: Progress = SILENT) -> None:
        """Take what an earlier scoring left in the folder: shards that are whole; say which are not."""
        records = _read_records(self.file)
        for shard in self.shards:
            path = self.file.parent / shard.name
            if not path.exists():
                if shard.name in records:
                    progress.say(f"{shard.name}, scored before, is no longer there: it is scored again")
                continue
            flaw = find_flaw(path, records.get(shard.name))
            if flaw is None:
                self.done[shard.name] = records.get(shard.name) or record_of(path)
            else:
                progress.say(f"{shard.name}, scored before, {flaw}: it is scored again")


def _read_records(file: Path) -> dict[str, ShardRecord]:
    """Return the records of a manifest by name; none where there is no manifest, or it cannot be read."""
    try:
        listed = read_json(file, form={"shards": ListOf(_RECORD_FORM)})["shards"]
    except GrnetError:
        return {}
    return {entry["name"]: ShardRecord(*(entry[name] for name in _RECORD_FORM)) for entry in listed}


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what the manifest of the scores in `folder` says; `done`, `plan` and `shards` may not be there.

    Raises
    ------
    MissingInputError, FormatError
        It is absent or damaged.
    """
    return read_json(folder / MANIFEST_FILE, form=_FORM, mend=ANEW)


@dataclass(frozen=True)
class ListedShard:
    """A shard of finished scores, as it should be.

    Attributes
    ----------
    name : str
        Of the file.
    rows : int or None
        Candidates in it; None where that is not written.
    sha256 : str or None
        Of its bytes; None where that is not written.
    """

    name: str
    rows: int | None = None
    sha256: str | None = None


def list_shards(folder: Path) -> list[ListedShard]:
    """Return the shards of finished scores in the order of their names.

    Without a manifest these are all the files `part-*.parquet`.

    Raises
    ------
    MissingInputError
        There are none.
    FormatError
        The manifest is damaged or says that scoring has not finished.
    """
    file = folder / MANIFEST_FILE
    if file.is_file():
        manifest = read_manifest(folder)
        if manifest.get("done") is False:
            raise FormatError(
                f"{file}: not all candidates are scored yet; run the same `grnet infer-network` again, it goes on"
            )
        shards = {shard.name: shard for shard in (_read_entry(entry, file) for entry in manifest.get("shards", []))}
    else:
        shards = {path.name: ListedShard(path.name) for path in folder.glob(SHARD_PATTERN)}
    if not shards:
        raise MissingInputError(f"{folder}: holds no {SHARD_PATTERN}; {ANEW}")
    return [shards[name] for name in sorted(shards)]


def _read_entry(entry: object, manifest: Path) -> ListedShard:
    """Return what an entry of a manifest says of a shard: a name alone, or a table."""
    found: Mapping[str, Any] = entry if isinstance(entry, dict) else {"name": entry}
    check_entries(found, _LISTED_FORM, manifest, mend=ANEW)
    name: str = found["name"]
    if Path(name).name != name:
        raise FormatError(f"{manifest}: {name!r} is not the name of a shard in its folder; {ANEW}")
    return ListedShard(name, found.get("rows"), found.get("sha256"))
