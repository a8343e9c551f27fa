"""The table of resources, a user's own table, and the words that choose one."""

from __future__ import annotations

import re

import pytest

from grnet.dataset.resources.catalogue import (
    choose_resource,
    find_resource,
    is_resource_name,
    list_resources,
    name_organism,
)
from grnet.schema.errors import InputError, MissingInputError


def test_the_table_has_an_https_address_and_terms_for_each():
    resources = list_resources()
    assert len({resource.name for resource in resources}) == len(resources)
    for resource in resources:
        assert resource.address.startswith("https://"), resource.name
        assert resource.licence, resource.name
        assert resource.citation.count("doi:") >= 1, resource.name
        assert re.fullmatch(r"([0-9a-f]{64})?", resource.sha256), resource.name


def test_human_collectri_is_a_fixed_version():
    collectri = find_resource("collectri:human", "edges", "--known-edges")
    assert (collectri.title, collectri.licence, collectri.form) == ("CollecTRI 2.0", "CC BY 4.0", "collectri")
    assert collectri.sha256.startswith("4473c9189dd53dac")


@pytest.mark.parametrize(
    ("holds", "source", "organism", "name"),
    [
        ("edges", None, "human", "collectri:human"),
        ("edges", "TRRUST", "Mus musculus", "trrust:mouse"),
        ("tfs", None, "9606", "lambert:human"),
        ("tfs", None, "Drosophila", "aertslab:fly"),
        ("tfs", "collectri", "rat", "collectri:rat"),
        ("tfs", None, "danio_rerio", "animaltfdb:zebrafish"),
    ],
)
def test_choose_resource(holds, source, organism, name):
    assert choose_resource(holds, source, organism).name == name


@pytest.mark.parametrize(
    ("holds", "source", "organism", "says"),
    [
        ("edges", None, "", "which organism? Add --organism, one of human, mouse, rat"),
        ("edges", None, "fly", "--organism 'fly': there are no known edges of it; expected one of human, mouse, rat"),
        ("edges", "lambert", "human", "--source 'lambert': it has no known edges of human that grnet knows; expected"),
        (
            "tfs",
            "trrust",
            "rat",
            "--source 'trrust': it has no TFs of rat that grnet knows; expected one of animaltfdb",
        ),
    ],
)
def test_what_is_not_there_is_told_with_what_is(holds, source, organism, says):
    with pytest.raises(InputError) as caught:
        choose_resource(holds, source, organism)
    assert str(caught.value).startswith(says)


@pytest.mark.parametrize(
    ("name", "holds", "says"),
    [
        ("colectri:human", "edges", "did you mean collectri:human"),
        ("collectri", "edges", "did you mean collectri:"),
        ("animaltfdb:mice", "tfs", "did you mean animaltfdb:mouse"),
        ("qqq:zzz", "edges", "no such file, and no database of this name; `grnet fetch` lists the names"),
        ("lambert:human", "edges", "is a list of TFs and holds no edges; known edges of human: collectri:human"),
        ("aertslab:fly", "edges", "is a list of TFs and holds no edges; give a file"),
    ],
)
def test_a_name_of_no_resource(name, holds, says):
    with pytest.raises(InputError, match=re.escape(says)):
        find_resource(name, holds, "--known-edges")


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        ("collectri:human", True),
        ("CollecTRI:Homo sapiens", True),
        ("collectri", True),
        ("edges", False),
        ("edges.csv", False),
        ("C:edges.csv", False),
        ("data/collectri:human", False),
        ("http://x.org/a", False),
    ],
)
def test_is_resource_name(text, is_name):
    assert is_resource_name(text) is is_name


def test_organisms_have_several_names():
    assert name_organism("Homo_sapiens") == name_organism("9606") == name_organism("HUMAN") == "human"
    assert name_organism("Arabidopsis") == "arabidopsis"


def test_a_table_of_ones_own_replaces_addresses_and_adds_sources(tmp_path, monkeypatch):
    own = tmp_path / "own.toml"
    own.write_text(
        '[trrust.organisms.human]\naddress = "https://mirror.lab/trrust.tsv"\n'
        '[ourlab]\ntitle = "Our screen"\nholds = "edges"\nform = "trrust"\nlicence = "unpublished"\ncitation = "none"\n'
        '[ourlab.organisms.axolotl]\naddress = "https://mirror.lab/ours.tsv"\n',
        encoding="utf-8",
    )
    before = list_resources()
    monkeypatch.setenv("GRNET_RESOURCES", str(own))
    names = [resource.name for resource in list_resources()]
    assert names == [*(resource.name for resource in before), "ourlab:axolotl"]
    trrust = find_resource("trrust:human", "edges", "--known-edges")
    assert (trrust.address, trrust.licence) == ("https://mirror.lab/trrust.tsv", "CC BY-SA 4.0")
    assert choose_resource("edges", None, "axolotl").title == "Our screen"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[ourlab", "not readable as TOML"),
        ("ourlab = 3", "expected tables [ourlab.organisms.ORGANISM] with an address"),
        ('[ourlab.organisms.fly]\naddress = "a"', "missing or wrong: citation, form, holds, licence, title"),
        ("[trrust.organisms.human]\nsha256 = 3", "[trrust.organisms.human]: missing or wrong: sha256"),
        ('[trrust.organisms.human]\nadress = "x"', "missing or wrong: adress"),
        ('[trrust]\nholds = "genes"', "missing or wrong: holds"),
    ],
)
def test_a_wrong_table_of_ones_own_is_told(tmp_path, monkeypatch, text, says):
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("GRNET_RESOURCES", str(tmp_path / "own.toml"))
    with pytest.raises(InputError, match=re.escape(says)):
        list_resources()


def test_a_missing_table_of_ones_own_is_told(monkeypatch):
    monkeypatch.setenv("GRNET_RESOURCES", "nowhere.toml")
    with pytest.raises(MissingInputError, match=r"^GRNET_RESOURCES=nowhere\.toml: no such file"):
        list_resources()
