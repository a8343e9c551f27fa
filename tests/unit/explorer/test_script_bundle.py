"""Modules become one script: their order, their scopes, and what is refused."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from grnet.explorer.page_files import read_page_file, read_scripts
from grnet.explorer.script_bundle import ScriptError, bundle_scripts
from grnet.schema.errors import GrnetError

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="no node on PATH")


def bundle(modules: dict[str, str], entry: str = "main.js") -> str:
    return bundle_scripts(entry, modules.__getitem__)


def run(script: str) -> list[str]:
    """Run a script; return the lines that it logs."""
    done = subprocess.run(["node", "-"], input=script, capture_output=True, text=True, timeout=30, check=True)
    return done.stdout.splitlines()


def test_a_bundle_is_written_out():
    modules = {
        "main.js": '// Adds.\n\nimport { one, two as deux } from "./numbers.js";\n\nconsole.log(one + deux);\n',
        "numbers.js": "export const one = 1;\nexport function two() { return 2; }\nconst three = 3;\n",
    }
    assert bundle(modules) == (
        '(() => {\n"use strict";\nconst modules = {};\n'
        '// ---- numbers.js\nmodules["numbers.js"] = (() => {\n'
        "const one = 1;\nfunction two() { return 2; }\nconst three = 3;\nreturn { one, two };\n})();\n"
        '// ---- main.js\nmodules["main.js"] = (() => {\nconst { one, two: deux } = modules["numbers.js"];\n'
        "// Adds.\n\n\n\nconsole.log(one + deux);\nreturn {  };\n})();\n})();"
    )


@needs_node
def test_each_module_runs_once_after_what_it_imports_and_has_its_own_scope():
    modules = {
        "main.js": 'import { say } from "./a.js";\nimport {\n  say as sayOther,\n  Thing,\n} from "./b.js";\n'
        "const hidden = 'main';\nconsole.log(hidden, say(), sayOther(), new Thing().name);\n",
        "a.js": 'import { count } from "./shared.js";\nconst hidden = "a";\ncount.n += 1;\n'
        "export const say = () => hidden + count.n;\n",
        "b.js": 'import { count } from "./shared.js";\nconst hidden = "b";\ncount.n += 1;\n'
        "export function say() { return hidden + count.n; }\nexport class Thing { name = hidden; }\n"
        "export async function wait() { return 1; }\n",
        "shared.js": "console.log('shared');\nexport const count = { n: 0 };\n",
    }
    assert run(bundle(modules)) == ["shared", "main a2 b2 b"]
    assert run(bundle(modules) + "\nconsole.log(typeof modules, typeof say);")[-1] == "undefined undefined"


def test_imports_in_a_circle_are_refused():
    modules = {
        "main.js": 'import { a } from "./a.js";',
        "a.js": 'import { b } from "./b.js";\nexport const a = b;',
        "b.js": 'import { a } from "./a.js";\nexport const b = a;',
    }
    with pytest.raises(ScriptError) as caught:
        bundle(modules)
    assert str(caught.value) == (
        "a.js: scripts import each other in a circle: a.js → b.js → a.js; move what both need to a third one"
    )
    assert isinstance(caught.value, GrnetError | ValueError)


def test_a_name_that_is_not_exported_is_refused():
    modules = {
        "main.js": 'import { three } from "./numbers.js";',
        "numbers.js": "export const two = 2, one = 1;\nexport const four = 4;\nconst three = 3;",
    }
    with pytest.raises(ScriptError) as caught:
        bundle(modules)
    assert str(caught.value) == "main.js: numbers.js does not export three; it exports four, two"
    with pytest.raises(ScriptError, match=r"^main.js: empty.js does not export a; it exports nothing$"):
        bundle({"main.js": 'import { a } from "./empty.js";', "empty.js": ""})


@pytest.mark.parametrize(
    "line",
    [
        'import "./a.js";',
        'import all from "./a.js";',
        'import * as all from "./a.js";',
        'import { a } from "plotly";',
        "import { a } from './a.js';",
        'import { a } from "./a.js"; import { b } from "./a.js";',
        "export default 1;",
        "export let a = 1;",
        "export var a = 1;",
        "export { a };",
        'export * from "./a.js";',
        "export const { a } = b;",
        'const later = import("./a.js");',
        "await later();",
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(line):
    with pytest.raises(ScriptError) as caught:
        bundle({"main.js": f"// a comment\n\n{line}\n", "a.js": "export const a = 1, b = 2;"})
    assert str(caught.value).startswith("main.js:3: ")
    assert str(caught.value).endswith(
        'is not understood; write `import { name } from "./file.js";` or `export` before const, function or class, at '
        "the start of a line"
    )


def test_a_name_that_is_no_name_is_refused():
    with pytest.raises(ScriptError, match=r"^main.js:1: 'a-b' cannot be imported; write a name, or `name as other`$"):
        bundle({"main.js": 'import { a-b } from "./a.js";', "a.js": ""})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("export const a = 1;\nexport function a() {}", "main.js: a is exported twice; name it once"),
        ('import { a } from "./a.js";\nimport { b as a } from "./a.js";', "main.js: a is imported twice; name it once"),
    ],
)
def test_a_name_that_comes_twice_is_refused(text, message):
    with pytest.raises(ScriptError) as caught:
        bundle({"main.js": text, "a.js": "export const a = 1;\nexport const b = 2;"})
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["</script>", "</SCRIPT >", "<script>", "<!--"])
def test_what_would_end_a_script_element_is_refused(text):
    with pytest.raises(ScriptError, match=r"^main.js:2: .* would end or begin a script element$"):
        bundle({"main.js": f"\nconst a = '{text}';"})


def test_a_module_that_is_not_there_is_an_error():
    with pytest.raises(KeyError, match=r"b\.js"):
        bundle({"main.js": 'import { a } from "./b.js";'})
    with pytest.raises(FileNotFoundError):
        read_page_file("none.js")


@needs_node
@pytest.mark.parametrize("entry", ["start.js", "evidence_page.js"])
def test_the_scripts_of_the_pages_are_one_valid_script(entry, tmp_path):
    text = str(read_scripts(entry))
    (tmp_path / "script.js").write_text(text, encoding="utf-8")
    subprocess.run(["node", "--check", tmp_path / "script.js"], check=True, timeout=30, capture_output=True)
    assert text == str(read_scripts(entry))
    assert text.index('modules["network.js"] =') < text.index(f'modules["{entry}"] =')


def test_a_page_holds_the_scripts_that_it_needs():
    scripts = str(read_scripts("evidence_page.js"))
    assert 'modules["evidence_panel.js"] =' in scripts
    assert 'modules["drawing.js"] =' not in scripts
    assert "Plotly" not in scripts
