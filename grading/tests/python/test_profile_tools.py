"""What each profiler writes is read rightly, and the best one that works is taken."""
from __future__ import annotations

import os
import re
import struct
import subprocess
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Optional

import pytest
from conftest import ROOT
from course.errors import Mistake
from course.exercises import find
from course.profile import choice, plan, python_work, symbols
from course.profile.elf import MemoryMap
from course.profile.model import side_of
from course.profile.names import short
from course.profile.recording import Place, Recording, ToolFailed
from course.profile.symbols import Symbols, sized_functions
from course.profile.tools import callgrind, cprofile, gperftools, perf
from course.tree import Tree

MAPS = """\
555555554000-555555560000 r-xp 00002000 00:00 1    /a folder/work
7ffff7d00000-7ffff7d10000 r--p 00000000 00:00 2    /lib/libm.so.6
7ffff7d10000-7ffff7d90000 r-xp 00010000 00:00 2    /lib/libm.so.6
7ffff7ff0000-7ffff7ff2000 rw-p 00000000 00:00 0
"""
PERF = """\
 4711/4711     2004008 \n\
\t           11f10 __sin_fma (/lib/libm.so.6)
\t            3de0 std::complex<double> std::operator* (/a folder/work)
\t            2010 main (/a folder/work)
\t            2f00 _start (/a folder/work)

 4711/4712     2004008 \n\
\tffffffff81000010 [unknown] ([kernel.kallsyms])
\tffffffff81000020 do_page_fault ([kernel.kallsyms])
\t           11f10 __sin_fma (/lib/libm.so.6)
\t           88888 start_thread (/lib/libc.so.6)

 4711/4711     2004008 \n\
\t    7ffff7d11f10 [unknown] (/lib/libm.so.6)
"""
UNFINISHED = """\
 4711/4711     2004008 \n\
\t           11f10 __sin_fma (/lib/libm.so.6)
\t            2010 main (/a folder/work)
\tffffffffffffffff [unknown] ([unknown])
"""


def test_what_was_spent_in_the_same_stack_adds_up() -> None:
    recording, place = Recording(), Place("a", 1, "f")
    for weight in (1.5, 2.0):
        recording.add((place,), weight)
    assert recording.stacks == {(place,): 3.5}


def test_perf_script_is_read_as_stacks_of_places() -> None:
    recording = perf.parse(PERF, MemoryMap(MAPS))
    whole, thread, lost = recording.stacks
    assert whole[0] == Place("/lib/libm.so.6", 0x11F10, "__sin_fma")
    assert whole[1].name == "std::complex<double> std::operator*" and whole[1].file == "/a folder/work"
    assert [place.name for place in thread] == ["(kernel)", "__sin_fma", "start_thread"]
    assert lost == (Place("/lib/libm.so.6", 0x11F10, ""),)  # from an address in memory
    assert recording.samples == 3 and recording.complete == pytest.approx(2 / 3)
    assert sum(recording.stacks.values()) == pytest.approx(3 * 2004008e-9)


def test_perfs_mark_for_an_unfinished_stack_is_not_the_kernel() -> None:
    (stack,) = perf.parse(UNFINISHED, MemoryMap(MAPS)).stacks
    assert [place.name for place in stack] == ["__sin_fma", "main"]


def profile_words(*words: int) -> bytes:
    return struct.pack(f"<{len(words)}Q", *words)


def test_gperftools_words_and_map_become_places() -> None:
    content = (
        profile_words(0, 3, 0, 2000, 0)
        + profile_words(3, 2, 0x7FFFF7D11F10, 0x555555554010)
        + profile_words(1, 1, 0x1000)
        + profile_words(0, 1, 0)
        + MAPS.encode()
    )
    recording = gperftools.parse(content)
    assert recording.samples == 4
    (known, weight), (unknown, _) = recording.stacks.items()
    assert known == (Place("/lib/libm.so.6", 0x11F10, ""), Place("/a folder/work", 0x2010, ""))
    assert weight == pytest.approx(0.006) and unknown == (Place("", 0x1000, ""),)
    assert recording.complete == 0.0
    beginning = content.replace(b"/a folder/work", b"/lib/libc.so.6")
    assert gperftools.parse(beginning).complete == 0.75


@pytest.mark.parametrize("processor, method", [("aarch64", "libgcc"), ("x86_64", None)])
def test_libprofiler_finds_the_caller_of_a_function_without_a_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processor: str, method: Optional[str]
) -> None:
    monkeypatch.delenv("TCMALLOC_STACKTRACE_METHOD", raising=False)
    monkeypatch.setattr(gperftools.platform, "machine", lambda: processor)
    monkeypatch.setattr(gperftools, "_library", lambda: "")
    with pytest.raises(ToolFailed, match=f"METHOD is {method or 'not set'}"):
        says = 'echo "METHOD is ${TCMALLOC_STACKTRACE_METHOD:-not set}" >&2; exit 1'
        gperftools.record(["sh", "-c", says], tmp_path, 10.0)


def test_a_profile_of_another_kind_is_refused() -> None:
    with pytest.raises(ToolFailed):
        gperftools.parse(b"pprof of the newer kind, which is no array of words")


# sum is called from two places of run; what cos costs is the callee's, not the call's. Of a thread's
# function no caller in the work is known, and a function that calls itself has a number.
CALLGRIND = """\
positions: instr line
events: Ir

ob=(1) /a/yours.so
fl=(1) sum.cpp
fn=(1) sum'faster_scatter_run'main
0x100 3 5
+4 +1 10
cob=(2) /lib/libm.so.6
cfi=(2) cos.c
cfn=(2) cos'sum'faster_scatter_run'main
calls=2 0x900 7
* * 80
-4 -1 2
fn=(3) faster_scatter_run'main
0x50 9 1
cfn=(1)
calls=1 0x100 3
* * 60
0x60 10 1
cfn=(1)
calls=1 0x100 3
* * 35

ob=(2)
fn=(2)
0x900 7 80

ob=(3) /a/work
fn=(4) main
0x10 1 1000
fn=(5) part'start_thread'clone
0x70 4 30
fn=(6) walk'2'walk'faster_scatter_run'main
0x80 5 4
"""


def test_callgrind_counts_become_stacks_with_the_places_of_the_calls() -> None:
    recording = callgrind.parse(CALLGRIND)
    assert sum(recording.stacks.values()) == pytest.approx(5 + 10 + 2 + 80 + 1 + 1 + 30 + 4)  # not main
    spent: dict[str, float] = {}
    for stack, cost in recording.stacks.items():
        spent[stack[0].name] = spent.get(stack[0].name, 0.0) + cost
    assert spent["sum"] == pytest.approx(17) and spent["part"] == 30
    at_the_beginning = [cost for stack, cost in recording.stacks.items() if stack[0].address == 0x100]
    assert sum(at_the_beginning) == pytest.approx(7)
    (walk,) = [stack for stack in recording.stacks if stack[0].name == "walk"]
    assert [place.name for place in walk] == ["walk", "walk", "faster_scatter_run", "main"]
    cosine = {stack: cost for stack, cost in recording.stacks.items() if stack[0].name == "cos"}
    first, second = sorted(cosine.items(), key=lambda each: -each[1])
    assert first[0][:3] == (
        Place("/lib/libm.so.6", 0x900, "cos"),
        Place("/a/yours.so", 0x105, "sum"),
        Place("/a/yours.so", 0x51, "faster_scatter_run"),
    )
    assert first[1] == pytest.approx(80 * 60 / 95) and second[0][2].address == 0x61


@pytest.mark.skipif(callgrind.why_not(Path()) is not None, reason="valgrind is not installed")
def test_callgrind_writes_into_a_folder_with_any_name_and_leaves_nothing_there(tmp_path: Path) -> None:
    folder = tmp_path / "100%p of %q"
    folder.mkdir()
    recording = callgrind.record(["/bin/true"], folder, 60)
    assert not recording.stacks and not list(folder.iterdir())  # /bin/true does none of the exercise's work


def test_stacks_that_were_cut_off_are_recorded_once_more_with_all_that_perf_copies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    complete = {perf.STACK_BYTES: 0.2, perf.LARGEST_STACK_BYTES: 0.99}
    asked = []

    def recorded(command: object, folder: object, seconds: object, stack_bytes: int) -> Recording:
        asked.append(stack_bytes)
        return Recording(complete=complete[stack_bytes])

    monkeypatch.setattr(perf, "_recorded", recorded)
    assert perf.record(["work"], Path(), 1.0).complete == 0.99 and asked == [16384, 65528]
    complete[perf.STACK_BYTES] = 0.95
    assert perf.record(["work"], Path(), 1.0).complete == 0.95 and asked[2:] == [16384]


def test_cprofile_times_become_stacks_shared_among_callers() -> None:
    entry = ["/r/families/scatter.py", 15, "run"]
    own, helper = ["x/scatter.py", 3, "field"], ["x/scatter.py", 9, "h"]
    batch = ["/r/batch.py", 30, "input"]
    exponential = ["~", 0, "<built-in method cmath.exp>"]
    functions = [
        {"function": entry, "own": 0.1, "total": 10.0, "callers": []},
        {"function": batch, "own": 0.2, "total": 0.2, "callers": [[entry, 0.2]]},
        {"function": own, "own": 2.0, "total": 9.7, "callers": [[entry, 9.7]]},
        {"function": helper, "own": 1.0, "total": 4.0, "callers": [[own, 4.0]]},
        {"function": exponential, "own": 6.7, "total": 6.7, "callers": [[own, 3.7], [helper, 3.0]]},
    ]
    found = {
        tuple(step.function for step in stack): spent
        for stack, spent in cprofile.stacks(functions, "x/scatter.py", "field").items()
    }
    assert found[("field",)] == pytest.approx(2.0) and found[("field", "h")] == pytest.approx(1.0)
    assert found[("field", "cmath.exp")] == pytest.approx(3.7)
    assert found[("field", "h", "cmath.exp")] == pytest.approx(3.0)
    assert found[("(the course's own part)",)] == pytest.approx(0.3)


def test_cprofile_loses_no_time_and_counts_none_twice() -> None:
    entry, own = ["/r/families/sum.py", 15, "run"], ["x/sum.py", 3, "mysum"]
    of_the_course, theirs = (["~", 0, f"<built-in method {name}>"] for name in ("numpy.frombuffer", "len"))
    functions = [
        {"function": entry, "own": 0.5, "total": 10.0, "callers": []},
        {"function": of_the_course, "own": 0.5, "total": 0.5, "callers": [[entry, 0.5]]},
        {"function": own, "own": 8.9999, "total": 9.0, "callers": [[entry, 9.0], [own, 6.0]]},  # calls itself
        {"function": theirs, "own": 1e-4, "total": 1e-4, "callers": [[own, 1e-4]]},
    ]
    found = cprofile.stacks(functions, "x/sum.py", "mysum")
    (ours, first), (mysum, second) = sorted(found.items(), key=lambda each: each[1])
    assert [step.function for step in (*ours, *mysum)] == ["(the course's own part)", "mysum"]
    assert (first, second) == (pytest.approx(1.0), pytest.approx(9.0))


@pytest.mark.parametrize(
    "name, short",
    [
        ("<method 'sum' of 'numpy.ndarray' objects>", "ndarray.sum"),
        ("<built-in method builtins.abs>", "abs"),
        ("<lambda>", "lambda"),
    ],
)
def test_built_in_functions_have_the_names_by_which_they_are_called(name: str, short: str) -> None:
    assert cprofile._short(name) == short


def test_compiled_code_that_cprofile_cannot_see_has_the_functions_name() -> None:
    functions = [{"function": ["/r/families/sum.py", 15, "run"], "own": 0.4, "total": 0.4, "callers": []}]
    ((stack, spent),) = cprofile.stacks(functions, "x/sum.py", "mysum").items()
    assert stack[0].function == "mysum" and spent == pytest.approx(0.4)


class OftenDisturbed:
    """A work whose `helper` waits in two calls of three, as if others had the processor; 0.1 s each time."""

    called = "helper"

    def __init__(self) -> None:
        self.module = ModuleType("submission")
        exec(compile(HELPER, "x/sum.py", "exec"), vars(self.module))

    def call(self, number: int) -> None:
        vars(self.module)["helper"](0.1 if number % 3 else 0.0)


HELPER = "import time\n\n\ndef helper(seconds):\n    time.sleep(seconds)\n"


def test_what_others_take_of_the_processor_is_not_told_of_a_python_function() -> None:
    found = python_work.under_cprofile(OftenDisturbed(), {"calls": 9})["functions"]
    (sleeping,) = [each for each in found if "sleep" in each["function"][2]]
    (caller,) = sleeping["callers"]
    assert caller[0][2] == "helper" and sleeping["own"] < 0.05 and caller[1] < 0.05


def test_what_others_take_of_the_processor_is_not_told_of_a_line() -> None:
    pytest.importorskip("line_profiler")
    (found,) = python_work.line_by_line(OftenDisturbed(), {"calls": 9, "shown": "x/sum.py"})["lines"]
    ((line, spent),) = found["lines"]
    assert line == 5 and spent < 0.05


def test_a_first_look_at_a_loop_that_never_ends_comes_to_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "ENDLESS", 1)
    with pytest.raises(ToolFailed, match="a loop that never ends"):
        plan.trial(["sh", "-c", "while :; do :; done"], tmp_path / "report.json")


def test_a_call_takes_what_the_work_took_over_its_calls(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text('{"calls": 4, "cpu_seconds": 2.0, "wall_seconds": 3.0}')
    times = plan.trial(["true"], report)
    assert (times.calls, times.cpu, times.wall) == (4, 500.0, 750.0)


@pytest.mark.parametrize(
    "script, said",
    [
        ("echo first >&2; echo work: no such case >&2; exit 1", "^no such case$"),
        ("exit 3", "^it ended with exit code 3$"),
        ("kill -SEGV $$", "^it was ended by signal 11; make check says more$"),
        ("true", "^the work gave no account of itself"),
    ],
)
def test_a_work_that_goes_wrong_is_told_in_its_own_words(tmp_path: Path, script: str, said: str) -> None:
    with pytest.raises(ToolFailed, match=said):
        plan.trial(["sh", "-c", script], tmp_path / "report.json")


@pytest.mark.parametrize(
    "features, march",
    [("fma avx2 avx512f", "-march=x86-64-v3"), ("fp asimd sve sve2", "-march=armv8-a")],
)
def test_a_tool_that_does_not_know_the_widest_vectors_is_given_none_and_each_has_lines(
    features: str, march: str
) -> None:
    exercise = find(Tree(ROOT), "03")
    flags = exercise.flags
    assert plan.narrower("fma avx2 fp asimd") is None
    assert "-march=native" in flags and plan.with_lines(exercise, None).flags == (*flags, "-g")
    plain = plan.with_lines(exercise, plan.narrower(features)).flags
    assert march in plain and "-march=native" not in plain and len(plain) == len(flags) + 1


def test_all_sides_work_about_as_long_and_on_the_same_input() -> None:
    def times(cpu: float, wall: float) -> plan.Times:
        return plan.Times(1, cpu, wall, {})

    busy = {"reference": times(20.0, 60.0), "yours": times(5.0, 9.0), "solution": times(1.0, 1.0)}
    assert plan.calls_for(busy, 2.0) == {"reference": 100, "yours": 400, "solution": 2000}
    assert plan.calls_for({"yours": times(1.0, 1000.0)}, 2.0) == {"yours": 20}, "which sleeps"
    assert plan.calls_for({"yours": times(9e3, 9e3)}, 2.0) == {"yours": 1}


@pytest.mark.parametrize(
    "milliseconds, workloads",
    [(1.0, 3), (1000.0, 2), (1e5, 1)],  # for 1 unit; the next two have 10 and 100
)
def test_a_call_has_as_many_workloads_as_it_can_do_in_seconds(milliseconds: float, workloads: int) -> None:
    report = {"workloads": [{"units": 1.0}], "left_out": [{"units": 10.0}, {"units": 100.0}]}
    assert plan.workloads_within(plan.Times(1, milliseconds, milliseconds, report)) == workloads


@pytest.mark.parametrize(
    "name, wanted",
    [
        ("sum(std::span<double const, 18446744073709551615ul>)", "sum"),
        ("long double boost::math::bessel_jn<long double, boost::p<> >(int)", "bessel_jn<long double>"),
        ("a::traits<int, double>::result_type boost::math::cyl_bessel_j<int, double>(int)", "cyl_bessel_j"),
        ("(anonymous namespace)::far(double)", "far"),
        ("operator()", "lambda"),
        ("std::complex<double>& std::complex<double>::operator*=<double>(int)", "std::operator*="),
        ("bool std::operator< <double>(int)", "std::operator<"),
        ("std::vector<double> wave::rows<double>(std::span<int>)", "rows<double>"),
        ("Tree::walk(Node const&) const", "Tree::walk"),
        ("scatter(Problem const&) [clone ._omp_fn.0]", "scatter (parallel)"),
        ("scatter(Problem const&)::{lambda(int)#1}::operator()(int) const", "lambda in scatter"),
        ("exp2f@@GLIBC_2.27", "exp2f"),
        ("operator new(unsigned long)", "operator new"),
        ("__kernel_rem_pio2", "__kernel_rem_pio2"),
    ],
)
def test_a_cpp_name_is_made_short(name: str, wanted: str) -> None:
    assert short(name) == wanted


def tool(name: str, why_not: Optional[str]) -> choice.Tool:
    module = SimpleNamespace(why_not=lambda folder: why_not, record=lambda *_: Recording())
    return choice.Tool(name, name, module, True)  # type: ignore[arg-type]


def test_the_first_tool_that_works_is_taken_and_the_reasons_are_kept() -> None:
    tools = [tool("perf", "perf is not allowed here"), tool("gperftools", None), tool("callgrind", None)]
    found = choice.choose(None, Path(), tools)
    assert found.tool.name == "gperftools" and found.instead == ("perf is not allowed here",)
    assert choice.choose("callgrind", Path(), tools).tool.name == "callgrind"


FORBIDDEN = """Error:
Access to performance monitoring and observability operations is limited.
Consider adjusting /proc/sys/kernel/perf_event_paranoid setting to open
access to performance monitoring and observability operations for processes
"""


VECTORS = """\
#include <experimental/simd>
#include <functional>
#include <span>

namespace {

using Lanes = std::experimental::native_simd<double>;

struct Work {
    Lanes sum = 0.0;

    [[gnu::always_inline]] void inner(std::span<const double> values) {
        for (std::size_t i = 0; i < values.size(); ++i)
            sum = std::plus<>()(sum, sum * values[i]);
    }
    [[gnu::noinline]] void outer(std::span<const double> values) { inner(values); }
};

}  // namespace

double run(std::span<const double> values) {
    Work work;
    work.outer(values);
    return std::experimental::reduce(work.sum);
}
"""


def test_inlined_functions_have_their_own_names_and_operators_none(tmp_path: Path) -> None:
    source, library = tmp_path / "vectors.cpp", tmp_path / "vectors.so"
    source.write_text(VECTORS)
    subprocess.run(
        ["g++", "-std=c++20", "-O2", "-g", "-shared", "-fPIC", str(source), "-o", str(library)], check=True
    )
    ((begin, size),) = [
        (address, size) for address, size, name in sized_functions(str(library)) if "outer" in name
    ]
    places = [Place(str(library), address, "") for address in range(begin, begin + size)]
    recording = Recording({(place,): 1.0 for place in places}, len(places), 1.0)
    side = side_of(recording, "yours", source.name, VECTORS, 1.0, 1.0, 1)
    found = {tuple(step.function for step in stack)[1:] for stack in side.stacks}
    assert ("outer", "inner") in found and found <= {("outer", "inner"), ("outer",)}


@pytest.mark.parametrize("folder, wanted", [("/usr/lib/x", ["sincos"]), ("/a folder", ["round", "sincos"])])
def test_what_a_system_library_has_inlined_counts_as_its_own_function(
    folder: str, wanted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [("round", "fenv.h", 419), ("sincos", "sincos.c", 41)]
    monkeypatch.setattr(symbols, "_addr2line", lambda file, addresses: {each: told for each in addresses})
    assert [frame.function for frame in Symbols([]).at(f"{folder}/libm.so.6", 0x40)] == wanted


def test_where_perf_is_forbidden_or_missing_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "perf"
    program.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{FORBIDDEN}END\nexit 255\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    reason = perf.why_not(tmp_path)
    assert reason and re.fullmatch(
        r"perf is not allowed here \(kernel.perf_event_paranoid is -?\d; Access to performance monitoring "
        r"and observability operations is limited\)",
        reason,
    )
    program.write_text("#!/bin/sh\necho WARNING: perf not found for kernel 6.18.44 >&2\nexit 2\n")
    reason = perf.why_not(tmp_path)
    assert reason and reason.startswith("perf is not installed for this kernel (Ubuntu's package is linux-")
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    assert perf.why_not(tmp_path) == "perf is not installed"


def test_where_none_works_or_the_name_is_unknown_it_is_one_sentence() -> None:
    tools = [tool("perf", "perf is not installed")]
    with pytest.raises(Mistake, match="No profiler works here: perf is not installed"):
        choice.choose(None, Path(), tools)
    with pytest.raises(Mistake, match="TOOL=perf cannot be had: perf is not installed"):
        choice.choose("perf", Path(), tools)
    with pytest.raises(Mistake, match="TOOL=gprof is none of perf"):
        choice.choose("gprof", Path(), tools)
    with pytest.raises(Mistake, match="for Python exercises"):
        choice.choose("cprofile", Path(), tools)
