"""The policy of a page names its scripts and its style sheet, and nothing else."""

from __future__ import annotations

import pytest

from grnet.pages.page_policy import build_policy

# printf 'run()' | openssl dgst -sha256 -binary | base64; the same of 'p {}' and of nothing
RUN, LOOKS, EMPTY = (
    "'sha256-AvyuiL0SD1mVY3NNxR+V2uo+lhk6RMFrytWmRt6CrJQ='",
    "'sha256-SNJDlN1Iy2mnt7DOjQIyDb2LQE6O5PQiSZomcdzawQ4='",
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
)


def test_a_page_without_scripts_runs_none():
    assert build_policy(scripts=[], style="p {}") == (
        f"default-src 'none'; script-src 'none'; style-src {LOOKS}; img-src data:; connect-src 'none'; "
        "object-src 'none'; base-uri 'none'; form-action 'none'"
    )


def test_a_page_that_draws_has_the_style_element_and_the_pictures_of_plotly():
    policy = build_policy(scripts=["run()", "run()"], style="p {}", draws=True)
    assert f"script-src {RUN} {RUN}; style-src {LOOKS} {EMPTY}; img-src data: blob:; " in policy


@pytest.mark.parametrize("text", ["a\r\nb", "a\0b"])
def test_what_a_browser_would_change_has_no_hash(text):
    with pytest.raises(ValueError, match="which no browser keeps"):
        build_policy(scripts=[text], style="")
