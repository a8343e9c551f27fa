"""A server on 127.0.0.1 that stands for the databases: small made-up files in the forms of the real ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

COLLECTRI = """source,target,weight,resources,references,sign_decision
MYC,TERT,1.0,ExTRI_CollecTRI;HTRI_CollecTRI,"CollecTRI:10022128;CollecTRI:10491298",PMID
SOX2,NANOG,-1.0,ExTRI_CollecTRI,CollecTRI:1,PMID
AP1,JUN,1.0,ExTRI_CollecTRI,CollecTRI:10022869,default activation
NFKB,IL6,1.0,ExTRI_CollecTRI,CollecTRI:2,PMID
NFKB,CCL2,1.0,ExTRI_CollecTRI,CollecTRI:3,PMID
MYC,CDK4,1.0,ExTRI_CollecTRI,CollecTRI:4,PMID
"""
_OMNIPATH = "\t".join(
    (
        *("source", "target", "source_genesymbol", "target_genesymbol", "is_directed", "is_stimulation"),
        *("is_inhibition", "consensus_direction", "consensus_stimulation", "consensus_inhibition"),
    )
)
COLLECTRI_MOUSE = f"""{_OMNIPATH}
P01108\tO70372\tMyc\tTert\tTrue\tTrue\tFalse\tTrue\tTrue\tFalse
P48432\tQ80Z64\tSox2\tNanog\tTrue\tTrue\tTrue\tTrue\tTrue\tFalse
COMPLEX:P01101_P05627\tP05627\tFos_Jun\tJun\tTrue\tTrue\tFalse\tTrue\tTrue\tFalse
P48432\tP20263\tSox2\tPou5f1\tTrue\tFalse\tFalse\tTrue\tFalse\tFalse
"""
DOROTHEA = f"""{_OMNIPATH}\tdorothea_level
P01106\tO14746\tMYC\tTERT\t1\t1\t0\t1\t1\t0\tA
P01106\tO14746\tMYC\tTERT\t1\t1\t0\t1\t1\t0\tB;D
P48431\tQ9H9S0\tSOX2\tNANOG\t1\t0\t1\t1\t0\t1\tC
P48431\tQ01860\tSOX2\tPOU5F1\t1\t0\t1\t1\t0\t1\tD
"""
TRRUST = """AATF\tBAX\tRepression\t22909821
AATF\tCDKN1A\tUnknown\t17157788
MYC\tTERT\tActivation\t10022128
MYC\tTERT\tRepression\t15516577
"""
NAMES = "ZNF10\nAATF\n\nMYC\nAATF\n"
ANIMALTFDB = """Species\tSymbol\tEnsembl\tFamily\tProtein\tEntrez_ID
Danio_rerio\tsox2\tENSDARG00000070913\tHMG\tENSDARP00000094966;\t378723
Danio_rerio\t-\tENSDARG00000012345\tHMG\tENSDARP00000000001;\t-
"""
FILES = {
    "/collectri": COLLECTRI,
    "/collectri-mouse": COLLECTRI_MOUSE,
    "/dorothea": DOROTHEA,
    "/trrust": TRRUST,
    "/names": NAMES,
    "/animaltfdb": ANIMALTFDB,
    "/page": "<html><body>Please log in to the network of the hotel</body></html>\n",
}


class ResourceServer(ThreadingHTTPServer):
    """Serves FILES; `asked` lists the paths that were asked for, with their queries."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        """Where the server is."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: ResourceServer

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        path = self.path.partition("?")[0]
        body = FILES.get(path.removesuffix("-broken-off"), "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if path.endswith("-broken-off") else body)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


@contextmanager
def serve_resources() -> Iterator[ResourceServer]:
    """Yield a server that runs until the end of the block."""
    with ResourceServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def write_addresses(file: Path, server: str, **others: str) -> None:
    """Write a file for GRNET_RESOURCES that points sources to `server`; `others` are SOURCE_ORGANISM → path."""
    paths = {
        "collectri_human": "/collectri",
        "collectri_mouse": "/collectri-mouse",
        "dorothea_human": "/dorothea?levels={levels}",
        "trrust_human": "/trrust",
        "lambert_human": "/names",
        "aertslab_fly": "/names",
        "animaltfdb_zebrafish": "/animaltfdb",
    } | others
    tables = []
    for name, path in paths.items():
        source, _, organism = name.partition("_")
        tables.append(f'[{source}.organisms.{organism}]\naddress = "{server}{path}"\nsha256 = ""\n')
    file.write_text("\n".join(tables), encoding="utf-8")


@contextmanager
def resources_for_tests(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ResourceServer]:
    """Serve made-up databases, let grnet ask there, and keep its cache in `folder`."""
    with serve_resources() as server:
        write_addresses(folder / "resources.toml", server.address)
        monkeypatch.setenv("GRNET_RESOURCES", str(folder / "resources.toml"))
        monkeypatch.setenv("GRNET_CACHE", str(folder / "cache"))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield server
