"""The program's shape, read from its imports: nouns, tools, verbs, a conductor, a command line."""

import ast
import re
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter

import pytest

from pipeline import ROOT

NOUN, TOOL, VERB, CONDUCTOR = "noun", "tool", "verb", "conductor"
COMMANDS, DOCTOR, PACKAGE = "commands", "doctor", "package"
LAYERS = {
    "model": NOUN,
    "tools": TOOL,
    "cycle": CONDUCTOR,
    "cli": COMMANDS,
    "doctor": DOCTOR,
    "": PACKAGE,
}
MAY_IMPORT = {
    NOUN: {NOUN, PACKAGE},
    TOOL: {NOUN, TOOL, PACKAGE},
    VERB: {NOUN, TOOL, PACKAGE},  # and its own modules, never another verb's
    CONDUCTOR: {NOUN, TOOL, VERB, PACKAGE},  # and its own modules
    COMMANDS: {NOUN, TOOL, CONDUCTOR, DOCTOR, PACKAGE},  # and its own modules
    DOCTOR: set(),
    PACKAGE: set(),
}
VERBS = {
    *("issue", "intake", "reading", "checking", "scoring"),
    *("history", "reply", "marking", "packet", "archive", "rollup"),
}
DOORS = {  # library: the modules or packages that may import it
    "click": ["cli"],
    "python_calamine": ["reading"],
    "openpyxl": ["reading"],
    "xlsxwriter": ["tools.workbook", "tools.form"],
    "jinja2": ["tools.page"],
    "markupsafe": ["tools.page"],  # comes with jinja2
    "weasyprint": ["tools.press"],
    "cssselect2": ["tools.press"],  # comes with weasyprint
    "pandera": ["checking"],
    "lxml": ["marking"],
    "docx": ["packet"],
    "dask": ["tools.engine"],  # the extra «cluster»
    "distributed": ["tools.engine"],
}
WITH_PANDAS = {"model.tables", "model.registers"}
LONGEST_MODULE, LONGEST_FUNCTION = 300, 40
LONG_MODULES = {
    "scoring.score": "the rules of one line stand in one list, a few lines each",
}
LONG_FUNCTIONS: dict[str, str] = {}
NAMED_AS_SENTENCES = {  # rules over a row: the name is the rule's sentence, the type says the rest
    "checking.rows": "Words",
}
MAY_PRINT = {"doctor"}  # runs before click is installed


def short(module: str) -> str:
    return module.removeprefix("pipeline").removeprefix(".")


def head(module: str) -> str:
    return short(module).split(".")[0]


def layer(module: str) -> str:
    return LAYERS.get(head(module), VERB)


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield every name imported anywhere in a module, `from a import b` as a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def internal(tree: ast.Module, modules: dict[str, ast.Module]) -> set[str]:
    """Return the program's own modules that one module imports."""
    names = (name for name in imported(tree) if name.split(".")[0] == "pipeline")
    return {name if name in modules else name.rpartition(".")[0] for name in names}


def external(tree: ast.Module) -> set[str]:
    """Return the libraries one module imports."""
    tops = {name.split(".")[0] for name in imported(tree)}
    return tops - sys.stdlib_module_names - {"pipeline"}


def functions(tree: ast.AST, lead: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield every function of a module with its dotted name, methods and inner ones too."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            name = f"{lead}{node.name}"
            if isinstance(node, ast.FunctionDef):
                yield name, node
            yield from functions(node, f"{name}.")


def public(tree: ast.Module) -> list[tuple[str, ast.FunctionDef]]:
    """Return the functions and methods whose whole dotted name is public."""
    return [
        (name, node)
        for name, node in functions(tree)
        if not any(part.startswith("_") for part in name.split("."))
    ]


def test_every_module_has_its_layer(source):
    known = LAYERS.keys() | VERBS
    assert {head(module) for module in source} <= known


def test_imports_go_down_only(source):
    wrong = [
        f"{short(module)} ({layer(module)}) imports {short(other)} ({layer(other)})"
        for module, tree in source.items()
        for other in internal(tree, source)
        if layer(other) not in MAY_IMPORT[layer(module)]
        and not (layer(module) in (VERB, CONDUCTOR, COMMANDS) and head(module) == head(other))
    ]
    assert wrong == []


def test_only_the_conductor_imports_verbs_and_only_the_command_line_imports_it(source):
    importers = {VERB: set(), CONDUCTOR: set()}
    for module, tree in source.items():
        for other in internal(tree, source):
            if layer(other) in importers and head(module) != head(other):
                importers[layer(other)].add(head(module))
    assert importers == {VERB: {"cycle"}, CONDUCTOR: {"cli"}}


def test_no_two_modules_import_each_other(source):
    graph = {module: internal(tree, source) - {module} for module, tree in source.items()}
    for module in graph:  # a package is only the door of its own modules
        graph[module] = {name for name in graph[module] if not module.startswith(f"{name}.")}
    TopologicalSorter(graph).prepare()


def test_every_library_has_one_door(source):
    wrong = [
        f"{short(module)} imports {library}"
        for module, tree in source.items()
        for library in external(tree) & DOORS.keys()
        if not any(f"{short(module)}.".startswith(f"{door}.") for door in DOORS[library])
    ]
    assert wrong == []


def test_no_library_comes_in_unseen(source):
    used = set().union(*(external(tree) for tree in source.values()))
    assert used <= DOORS.keys() | {"pandas"}


def test_nouns_need_no_library_but_pandas_for_tables(source):
    libraries = {
        short(module): external(tree) for module, tree in source.items() if layer(module) == NOUN
    }
    assert {module: found for module, found in libraries.items() if found} == {
        module: {"pandas"} for module in WITH_PANDAS
    }


def test_the_doctor_needs_nothing_installed(source):
    tree = source["pipeline.doctor"]
    assert external(tree) == set()
    assert internal(tree, source) == set()


def test_starting_the_command_line_loads_nothing_heavy(source):
    """Only what is imported at the top of cli and of what it imports, and so on."""
    seen, waiting = set(), ["pipeline.cli"]
    while waiting:
        module = waiting.pop()
        seen.add(module)
        top = ast.Module(
            [n for n in source[module].body if isinstance(n, ast.Import | ast.ImportFrom)], []
        )
        assert external(top) <= {"click"}, module
        waiting += internal(top, source) - seen


def test_nothing_is_printed(source):
    printing = {
        short(module)
        for module, tree in source.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    }
    assert printing <= MAY_PRINT


def test_modules_are_short_or_named_with_a_reason():
    lengths = {
        short(".".join(path.relative_to(ROOT).with_suffix("").parts)): len(
            path.read_text("utf-8").splitlines()
        )
        for path in (ROOT / "pipeline").rglob("*.py")
    }
    long = {module for module, lines in lengths.items() if lines > LONGEST_MODULE}
    assert long <= LONG_MODULES.keys()


def test_functions_are_short_or_named_with_a_reason(source):
    long = {
        f"{short(module)}.{name}"
        for module, tree in source.items()
        for name, node in functions(tree)
        if node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }
    assert long <= LONG_FUNCTIONS.keys()


def test_every_module_says_what_it_is_for(source):
    assert [short(module) for module, tree in source.items() if not ast.get_docstring(tree)] == []


def test_public_functions_say_what_comes_back(source):
    silent = [
        f"{short(module)}.{name}"
        for module, tree in source.items()
        for name, node in public(tree)
        if "." not in name and not ast.get_docstring(node) and not is_sentence(module, node)
    ]
    assert silent == []


def is_sentence(module: str, node: ast.FunctionDef) -> bool:
    returns = NAMED_AS_SENTENCES.get(short(module))
    return returns is not None and ast.unparse(node.returns) == returns


def test_public_functions_have_type_hints(source):
    bare = [
        f"{short(module)}.{name}"
        for module, tree in source.items()
        for name, node in public(tree)
        if node.returns is None or any(argument.annotation is None for argument in arguments(node))
    ]
    assert bare == []


def arguments(node: ast.FunctionDef) -> list[ast.arg]:
    named = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
    return [argument for argument in named if argument.arg not in ("self", "cls")]


@pytest.mark.parametrize(
    "module", ["tables", "layout", "findings", "rules", "settings", "calendar"]
)
def test_what_crosses_a_border_once_is_frozen(source, module):
    for node in source[f"pipeline.model.{module}"].body:
        if isinstance(node, ast.ClassDef) and node.decorator_list:
            assert "frozen=True" in ast.unparse(node.decorator_list[0]), node.name


@pytest.mark.parametrize("fenced", ["reading.wire", "intake.opening", "marking.annotate"])
def test_what_runs_behind_the_fence_loads_no_pandas(source, fenced):
    """Every child is a copy of what has been loaded, and has its memory counted against it."""
    seen, waiting = set(), [f"pipeline.{fenced}"]
    while waiting:
        module = waiting.pop()
        seen.add(module)
        top = [
            node for node in source[module].body if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        assert "pandas" not in external(ast.Module(top, [])), module
        doors = {module.rpartition(".")[0]} & source.keys()
        waiting += (internal(ast.Module(top, []), source) | doors) - seen


def test_no_pattern_makes_a_group_possessive_itself(source):
    """Before 3.11.5 Python counts (?:…)*+ wrongly, and right within (?>…)."""
    assert re.match("(?>(?:ab?c)+)", "aca").span() == (0, 2)
    texts = {path: path.read_text("utf-8") for path in (ROOT / "pipeline").rglob("*.py")}
    found = [path.name for path, text in texts.items() if re.search(r"[^\\]\)[*+?]\+", text)]
    assert found == []
