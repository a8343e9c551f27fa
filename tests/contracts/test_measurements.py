"""What every kind of measurement promises: it is written, read back, checked, and made into profiles like any other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from grnet.dataset.measurements.folders import list_files, read_measurements, write_measurements
from grnet.dataset.measurements.registry import KINDS
from grnet.features.profiles import make_profiles
from grnet.schema.errors import FormatError, MissingInputError
from grnet.schema.genes import GeneCatalogue
from grnet.schema.measurements import Measurement
from grnet.storage.folders import check_output_free

SYMBOLS = ("eve", "../up", "<b>", "Kr", "ftz")
GENES = GeneCatalogue(SYMBOLS, ("",) * 5, np.ones(5, bool), np.zeros(5, np.int32))
N_PLACES = 12


def make_places(kind) -> pd.DataFrame:
    """Return a table of 12 places: numbers run through a grid of 3 × 4, texts through letters."""
    columns, numbers = {}, 0
    for field in kind.places:
        if pa.types.is_integer(field.type) or pa.types.is_floating(field.type):
            columns[field.name] = np.arange(N_PLACES) // 4 if numbers == 0 else np.arange(N_PLACES) % 4
            numbers += 1
        else:
            columns[field.name] = [f"place {number}" for number in range(N_PLACES)]
    return pd.DataFrame(columns)


@pytest.fixture(params=sorted(KINDS))
def measurement(request):
    """A measurement of each kind: of the genes 0, 2 and 4."""
    kind = KINDS[request.param]
    values = np.random.default_rng(4).random((3, N_PLACES)).astype(np.float32)
    return Measurement("../a name & <b>", kind, values, np.array([0, 2, 4]), make_places(kind), "log2")


@pytest.fixture
def written(measurement, tmp_path):
    return tmp_path, write_measurements(tmp_path, [measurement], GENES)


def test_it_comes_back_as_it_was(measurement, written):
    folder, listed = written
    (back,) = read_measurements(folder, listed, GENES)
    assert (back.name, back.kind, back.units) == (measurement.name, measurement.kind, "log2")
    assert np.array_equal(back.values, measurement.values)
    assert back.values.dtype == np.float32
    assert back.gene.tolist() == [0, 2, 4]
    assert back.places.to_numpy().tolist() == measurement.places.to_numpy().tolist()
    assert (back.grid is None) == (measurement.grid is None)
    assert {path.parent for path in folder.rglob("*.parquet")} == {folder}, "names are no paths"
    table = pd.read_parquet(folder / listed[0]["file"]).set_index("symbol")
    assert table.index.tolist() == ["eve", "<b>", "ftz"]
    assert np.array_equal(table.to_numpy(np.float32), measurement.values)


def test_its_profiles_are_those_of_any_other(measurement):
    profiles = make_profiles(measurement, 5)
    recipe = measurement.kind.recipe
    correlated = len(recipe.correlations) * (1 + len(recipe.components))
    derived = tuple(measurement.derive(measurement.values))
    assert len(profiles.transforms) == correlated + len(derived)
    assert profiles.transforms[correlated:] == derived
    assert profiles.modality == measurement.kind.modality
    unit = profiles.of_transform("pearson")
    assert unit[[0, 2, 4]] @ unit[[0, 2, 4]].T == pytest.approx(np.corrcoef(measurement.values), abs=1e-5)
    assert profiles.present.tolist() == [True, False, True, False, True]
    for values in (unit[[1, 3]], profiles.level[[1, 3]], profiles.background[:, :, [1, 3]]):
        assert not values.any()
    assert (profiles.maps is None) == (measurement.grid is None)
    if profiles.maps is not None:
        assert np.array_equal(profiles.maps[:3], measurement.draw(measurement.values))


def test_values_of_all_genes_are_missing_where_nothing_was_measured(measurement):
    values = measurement.of_all_genes(5)
    assert np.isnan(values).all(axis=1).tolist() == [False, True, False, True, False]
    assert measurement.of_gene(3) is None
    assert np.array_equal(measurement.of_gene(4), measurement.values[2])


@pytest.mark.parametrize("place", range(2))
def test_a_lost_file_is_told(written, place):
    folder, listed = written
    file = list_files(folder)[place]
    file.unlink()
    with pytest.raises(MissingInputError, match=file.name):
        read_measurements(folder, listed, GENES)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda table: table.iloc[:, :5], "values of shape"),
        (lambda table: table.assign(**{table.columns[3]: np.nan}), "holds values that are missing or infinite"),
        (lambda table: table.rename(columns={"symbol": "gene"}), "expected the column symbol"),
    ],
)
def test_values_that_do_not_fit_are_told(written, change, told):
    folder, listed = written
    file = folder / listed[0]["file"]
    change(pd.read_parquet(file)).to_parquet(file, index=False)
    with pytest.raises(FormatError, match=told):
        read_measurements(folder, listed, GENES)


def test_several_of_one_modality_have_files_of_their_own(measurement, tmp_path):
    listed = write_measurements(tmp_path, [measurement, measurement], GENES)
    assert len({entry["file"] for entry in listed}) == 2
    assert len(list_files(tmp_path)) == 4
    (tmp_path / "dataset.toml").touch()
    check_output_free(tmp_path, overwrite=True, marker="dataset.toml")
    back = read_measurements(tmp_path, listed, GENES)
    assert all(np.array_equal(entry.values, measurement.values) for entry in back)


def test_a_gene_that_the_catalogue_lacks_is_told(written):
    folder, listed = written
    other = GeneCatalogue(("eve", "<b>"), ("", ""), np.ones(2, bool), np.zeros(2, np.int32))
    with pytest.raises(FormatError, match=r"names 'ftz', which genes\.parquet lacks"):
        read_measurements(folder, listed, other)


def test_an_unknown_kind_is_told(written):
    folder, listed = written
    with pytest.raises(FormatError, match="a measurement of the kind 'smell'; this grnet knows"):
        read_measurements(folder, [{**listed[0], "kind": "smell"}], GENES)
