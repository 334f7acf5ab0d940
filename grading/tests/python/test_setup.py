"""Setup finds what is missing, installs it or says how, and chooses an interpreter that has the modules: on
machines made of stand-ins, where nothing is on PATH but the few tools that every machine has."""
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Optional, Sequence

import pytest
from conftest import ROOT
from course.profile.tools import gperftools

BASICS = [
    "bash",
    "sh",
    "cat",
    "chmod",
    "cut",
    "dirname",
    "env",
    "head",
    "id",
    "mkdir",
    "mv",
    "rm",
    "sleep",
    "tail",
    "timeout",
    "touch",
    "tr",
    "uname",
    "wc",
]
LIBRARY = "libprofiler.so.0|libprofiler.so"  # what make profile does better with
OTHER_COMMANDS = ["profile", "report", "sanitize", "watch"]  # those that need more than a check
COMMANDS = ["make", "cmake", "ninja", "pkg-config", "awk", "clang-format"]
COMPILER = """#!/bin/bash
source=$(cat)
while read -r header; do
    case $source in *"<$header>"*) echo "missing: $header" ;; esac
done <"{machine}/missing-headers"
exit 0
"""
PYTHON = """#!/bin/bash
[ -z "{old}" ] || exit 1
sleep {seconds}
shift 2
echo "{executable}"
for module in "$@"; do
    case " $(cat "{machine}/{name}-lacks") " in *" $module "*) printf '%s ' "$module" ;; esac
done
echo
"""
TOP_OF_CMAKE = "# Builds it all.\ncmake_minimum_required(VERSION 3.22)\nproject(course LANGUAGES CXX)\n"
APT = """#!/bin/bash
echo "$DEBIAN_FRONTEND apt-get $*" >>"{machine}/calls"
echo "a line of apt's own"
case " $* " in *" install "*) {install} ;; *" update "*) touch "{machine}/updated" ;; esac
"""
INSTALLS = ': >"{machine}/missing-headers"; : >"{machine}/system-lacks"'


class Machine:
    """A machine in a folder: its PATH, its compiler, its interpreters, and a checkout."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.checkout = folder / "a checkout with spaces"
        self.bin.mkdir(parents=True)
        for part in ("setup", "packages.tsv"):
            target = self.checkout / "grading" / "setup" / part
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / "grading" / "setup" / part, target)
        (self.checkout / "CMakeLists.txt").write_text(TOP_OF_CMAKE)
        for name in BASICS:
            found = shutil.which(name)
            assert found, name
            (self.bin / name).symlink_to(found)
        for name in COMMANDS:
            self.program(name, "#!/bin/bash\n")
        self.program("g++", COMPILER.format(machine=folder))
        self.lacks_headers()
        self.system = self.python("system", folder / "system" / "python3")

    def program(self, name: str, text: str, folder: Optional[Path] = None) -> Path:
        path = (folder or self.bin) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path

    def python(
        self,
        name: str,
        path: Path,
        lacks: Sequence[str] = (),
        seconds: float = 0.0,
        old: bool = False,
        executable: Optional[Path] = None,
    ) -> Path:
        (self.folder / f"{name}-lacks").write_text(" ".join(lacks))
        return self.program(
            path.name,
            PYTHON.format(
                machine=self.folder,
                name=name,
                seconds=seconds,
                executable=executable or path,
                old="old" if old else "",
            ),
            path.parent,
        )

    def lacks_headers(self, *names: str) -> None:
        (self.folder / "missing-headers").write_text("".join(f"{name}\n" for name in names))

    def has_apt(self, install: str = INSTALLS) -> None:
        self.program("apt-get", APT.format(machine=self.folder, install=install.format(machine=self.folder)))
        self.has_packages("*")

    def has_packages(self, pattern: str) -> None:
        """That apt knows the packages whose names fit, and no others."""
        told = f'case ${{!#}} in {pattern}) echo "Package: ${{!#}}" ;; esac'
        self.program("apt-cache", f"#!/bin/bash\n{told}\n")

    def setup(
        self, *words: str, path: Sequence[Path] = (), **environment: str
    ) -> subprocess.CompletedProcess[str]:
        search = ":".join(str(folder) for folder in [*path, self.bin])
        return subprocess.run(
            [str(self.checkout / "grading" / "setup" / "setup"), *words],
            text=True,
            timeout=60,
            env={
                "PATH": search,
                "HOME": str(self.folder),
                "SETUP_SYSTEM_PYTHON": str(self.system),
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    @property
    def calls(self) -> list[str]:
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def chosen(self) -> str:
        return (self.checkout / "build" / "python").read_text().strip()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")


def as_root() -> bool:
    return os.geteuid() == 0


def test_where_everything_is_there_nothing_is_installed(machine: Machine) -> None:
    machine.has_apt()
    done = machine.setup()
    assert done.returncode == 0 and not machine.calls
    assert machine.chosen == str(machine.system)
    assert done.stderr.count("\n") == 1 and str(machine.system) in done.stderr
    assert machine.setup("--quiet").stderr == ""


def test_a_second_run_changes_nothing(machine: Machine) -> None:
    machine.setup("--for", "test")

    def state() -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in (machine.checkout / "build").rglob("*")}

    before = state()
    assert machine.setup("--for", "test").returncode == 0
    stamps = {f"setup-{purpose}.stamp" for purpose in ("check", *OTHER_COMMANDS, "test")}
    assert state() == before and {Path(path).name for path in before} == {"python", *stamps}


def test_a_note_that_cannot_be_taken_is_no_complaint(machine: Machine) -> None:
    stamp = machine.checkout / "build" / "setup-check.stamp"
    stamp.mkdir(parents=True)
    os.utime(stamp, (0, 0))
    done = machine.setup("--quiet")
    assert done.returncode == 0 and done.stderr == ""


@pytest.mark.skipif(not as_root(), reason="needs root, as apt-get does")
def test_what_is_missing_is_said_in_one_line_and_installed(machine: Machine) -> None:
    machine.has_apt()
    machine.lacks_headers("muParser.h", "toml++/toml.h")
    machine.python("system", machine.system, lacks=["numpy", "rich"])
    done = machine.setup()
    assert done.returncode == 0, done.stderr
    packages = "libmuparser-dev libtomlplusplus-dev python3-numpy python3-rich"
    assert done.stderr.splitlines()[0] == (
        f"Setup: installing {packages} (apt-get; its output goes to build/setup.log)."
    )
    assert machine.calls == [
        "noninteractive apt-get -y -o DPkg::Lock::Timeout=300 install --no-install-recommends " + packages
    ]
    assert "a line of apt's own" in (machine.checkout / "build" / "setup.log").read_text()
    assert "a line of apt's own" not in done.stderr


@pytest.mark.skipif(not as_root(), reason="needs root, as apt-get does")
def test_on_a_bare_machine_everything_is_installed(machine: Machine) -> None:
    for name in ("cmake", "ninja", "g++"):
        (machine.bin / name).unlink()
    machine.system.unlink()
    compiler = machine.folder / "later-g++"
    compiler.write_text(COMPILER.format(machine=machine.folder))
    compiler.chmod(0o755)
    python = machine.python("system", machine.folder / "later-python", executable=machine.system)
    machine.has_apt(
        f'cat "{compiler}" >"{machine.bin}/g++"; cat "{python}" >"{machine.system}"; '
        f': >"{machine.bin}/cmake"; '
        f': >"{machine.bin}/ninja"; chmod +x "{machine.bin}"/g++ "{machine.bin}"/cmake "{machine.bin}"/ninja '
        f'"{machine.system}"'
    )
    done = machine.setup()
    assert done.returncode == 0, done.stderr
    assert len(machine.calls) == 1
    wanted = machine.calls[0].split("--no-install-recommends ")[1].split()
    assert len(wanted) == len(set(wanted))
    for package in (
        "g++",
        "cmake",
        "ninja-build",
        "libboost-dev",
        "libgtest-dev",
        "python3",
        "python3-scipy",
    ):
        assert package in wanted
    assert not {"python3-tomli", "python3-pytest", "make"} & set(wanted)
    assert machine.chosen == str(machine.system)


@pytest.mark.skipif(not as_root(), reason="needs root, as apt-get does")
def test_package_lists_are_fetched_when_the_first_try_fails(machine: Machine) -> None:
    machine.has_apt(f'[ -e "{machine.folder}/updated" ] || exit 100; {INSTALLS}')
    machine.lacks_headers("png.h")
    assert machine.setup().returncode == 0
    assert [call.split()[5] for call in machine.calls] == ["install", "update", "install"]


@pytest.mark.skipif(not as_root(), reason="needs root, as apt-get does")
def test_a_failed_installation_shows_the_logs_end_and_one_sentence(machine: Machine) -> None:
    machine.has_apt('echo "E: no network"; exit 100')
    machine.lacks_headers("png.h")
    done = machine.setup()
    assert done.returncode == 2
    assert "E: no network" in done.stderr and "could not install all of: libpng-dev" in done.stderr
    assert not (machine.checkout / "build" / "setup-check.stamp").exists()


@pytest.mark.skipif(not as_root(), reason="needs root, as apt-get does")
def test_what_is_still_missing_after_installing_is_one_sentence(machine: Machine) -> None:
    machine.has_apt("true")
    machine.lacks_headers("png.h")
    done = machine.setup()
    assert done.returncode == 2 and "yet this is not found: png.h" in done.stderr


def test_a_dry_run_says_what_would_be_done_and_does_not(machine: Machine) -> None:
    machine.has_apt()
    machine.lacks_headers("seccomp.h")
    done = machine.setup("--dry-run")
    assert done.returncode == 0 and not machine.calls and not (machine.checkout / "build").exists()
    assert "apt-get install --no-install-recommends libseccomp-dev" in done.stdout


@pytest.mark.parametrize(
    "manager, wanted",
    [
        ("dnf", "    sudo dnf install muParser-devel python3-rich"),
        ("pacman", "    sudo pacman -S --needed muparser python-rich"),
        ("brew", "    brew install muparser\n    python3 -m pip install rich"),
        ("conda", "    conda install -c conda-forge muparser rich"),
    ],
)
def test_other_systems_are_told_the_exact_command(machine: Machine, manager: str, wanted: str) -> None:
    machine.program(manager, "#!/bin/bash\nexit 1\n")
    machine.lacks_headers("muParser.h")
    machine.python("system", machine.system, lacks=["rich"])
    done = machine.setup()
    assert done.returncode == 2
    assert done.stderr.splitlines()[0].startswith("setup: missing here: muParser.h, Python's rich.")
    assert done.stderr.split("\n", 1)[1] == wanted + "\n"


def test_a_system_without_any_known_manager_is_told_all_four(machine: Machine) -> None:
    machine.lacks_headers("muParser.h")
    done = machine.setup()
    assert done.returncode == 2
    for manager in ("dnf", "pacman", "brew", "conda"):
        assert f"{manager} install" in done.stderr or f"{manager} -S" in done.stderr


def test_a_test_run_needs_more_than_a_check(machine: Machine) -> None:
    machine.python("system", machine.system, lacks=["pytest", "vtkmodules"])
    (machine.bin / "clang-format").unlink()
    machine.has_apt()
    assert machine.setup().returncode == 0
    done = machine.setup("--for", "test", "--dry-run")
    assert "clang-format python3-pytest python3-vtk9" in done.stdout


def is_not_for_the_system(machine: Machine) -> None:
    """So that the choice is among the others, however slow a busy machine makes them."""
    machine.python("system", machine.system, lacks=["numpy"])


def test_an_interpreter_without_the_modules_is_passed_over(machine: Machine) -> None:
    is_not_for_the_system(machine)
    first = machine.python("first", machine.folder / "first" / "python3", lacks=["numpy"])
    second = machine.python("second", machine.folder / "second" / "python3")
    assert machine.setup(path=[first.parent, second.parent]).returncode == 0
    assert machine.chosen == str(second)


def test_a_shim_is_replaced_by_the_interpreter_that_it_starts(machine: Machine) -> None:
    is_not_for_the_system(machine)
    real = machine.python("real", machine.folder / "versions" / "python3")
    shim = machine.python("real", machine.folder / "shims" / "python3", executable=real)
    assert machine.setup(path=[shim.parent]).returncode == 0
    assert machine.chosen == str(real)


def test_a_wrapper_whose_interpreter_lacks_modules_by_itself_stays(machine: Machine) -> None:
    is_not_for_the_system(machine)
    real = machine.python("real", machine.folder / "versions" / "python3", lacks=["rich"])
    wrapper = machine.python("wrapper", machine.folder / "shims" / "python3", executable=real)
    assert machine.setup(path=[wrapper.parent]).returncode == 0
    assert machine.chosen == str(wrapper)


@pytest.mark.skipif(not as_root(), reason="only root's submissions run as another user")
def test_an_interpreter_where_root_alone_may_look_is_passed_over(machine: Machine, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    own = tmp_path / "python"
    own.symlink_to(sys.executable)
    done = machine.setup(PYTHON=str(own))
    assert done.returncode == 0 and machine.chosen == str(machine.system)
    assert f"setup: {own} lies where root alone may look" in done.stderr


def test_a_slow_interpreter_gives_way_only_to_a_quicker_one_that_has_the_modules(machine: Machine) -> None:
    slow = machine.python("slow", machine.folder / "slow" / "python3", seconds=1.0)
    machine.python("system", machine.system, lacks=["numpy"])
    assert machine.setup(path=[slow.parent]).returncode == 0
    assert machine.chosen == str(slow)
    machine.python("system", machine.system)
    (machine.checkout / "build" / "python").unlink()
    assert machine.setup(path=[slow.parent]).returncode == 0
    assert machine.chosen == str(machine.system)


def test_the_interpreter_chosen_before_stays_while_it_has_the_modules(machine: Machine) -> None:
    first = machine.python("first", machine.folder / "first" / "python3")
    is_not_for_the_system(machine)
    machine.setup(path=[first.parent])
    second = machine.python("second", machine.folder / "second" / "python3")
    machine.setup(path=[second.parent, first.parent])
    assert machine.chosen == str(first)
    (machine.folder / "first-lacks").write_text("numpy")
    machine.setup(path=[second.parent, first.parent])
    assert machine.chosen == str(second)


def test_the_persons_own_choice_comes_first(machine: Machine) -> None:
    machine.setup()
    own = machine.python("own", machine.folder / "venv" / "bin" / "python", seconds=0.5)
    assert machine.setup(PYTHON=str(own)).returncode == 0
    assert machine.chosen == str(own)


def test_an_interpreter_that_is_too_old_is_no_candidate(machine: Machine) -> None:
    old = machine.python("old", machine.folder / "old" / "python3", old=True)
    assert machine.setup(path=[old.parent]).returncode == 0
    assert machine.chosen == str(machine.system)


def test_cxx_is_honoured(machine: Machine) -> None:
    done = machine.setup(CXX="no-such-compiler")
    assert done.returncode == 2 and "CXX is 'no-such-compiler', and there is no such command" in done.stderr
    other = machine.program("other c++", COMPILER.format(machine=machine.folder)).rename(
        machine.bin / "other-c++"
    )
    (machine.bin / "g++").unlink()
    assert machine.setup(CXX=other.name).returncode == 0


@pytest.mark.parametrize("below", ["", "include"])
def test_boost_is_found_in_boost_dir_or_in_a_folder_include_below(machine: Machine, below: str) -> None:
    real = shutil.which("g++")
    assert real
    machine.program("g++", f'#!/bin/bash\nexec {real} "$@"\n')
    table = machine.checkout / "grading" / "setup" / "packages.tsv"
    rows = [row for row in table.read_text().splitlines() if "\theader\t" not in row]
    table.write_text("\n".join([*rows, "check\theader\tboost/of_this_test.hpp\tany" + 5 * "\tx"]) + "\n")
    assert machine.setup().returncode == 2
    header = machine.folder / "my boost" / below / "boost" / "of_this_test.hpp"
    header.parent.mkdir(parents=True)
    header.write_text("")
    done = machine.setup(BOOST_DIR=str(machine.folder / "my boost"))
    assert done.returncode == 0, done.stderr


def test_a_compiler_too_old_for_cpp20_is_told(machine: Machine) -> None:
    machine.program("g++", "#!/bin/bash\nexit 1\n")
    done = machine.setup()
    assert done.returncode == 2 and "'g++' lacks something of C++20" in done.stderr


@pytest.mark.parametrize(
    "found, does",
    [("3.21.9", False), ("2.99", False), ("3.22.0", True), ("3.100.1", True), ("4.0.0-rc3", True)],
)
def test_a_cmake_too_old_for_the_build_is_told(machine: Machine, found: str, does: bool) -> None:
    machine.program("cmake", f'#!/bin/bash\necho "cmake version {found}"; echo; echo "CMake suite"\n')
    done = machine.setup("--quiet")
    needed = "and the build needs 3.22 or newer; put a newer one first in PATH"
    told = f"setup: cmake here is version {found}, {needed}.\n"
    assert (done.returncode, done.stderr) == ((0, "") if does else (2, told))


def test_the_cmake_that_the_build_needs_is_read_from_its_own_file() -> None:
    said = (ROOT / "CMakeLists.txt").read_text()
    assert len(re.findall(r"^cmake_minimum_required\(VERSION \d+\.\d+\)$", said, re.MULTILINE)) == 1


def test_a_setting_that_keeps_python_from_starting_is_named(machine: Machine) -> None:
    machine.system.unlink()
    machine.system.symlink_to(sys.executable)
    done = machine.setup(PYTHONIOENCODING="bogus", PYTHONUNBUFFERED="1")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert done.stderr.startswith("setup: Python does not start with PYTHONIOENCODING='bogus', which is set")


def test_another_interpreters_library_is_let_alone(machine: Machine) -> None:
    told = "#!/bin/bash\n" + '[ -z "${PYTHONHOME-}" ] || exit 1\n'
    machine.system.write_text(machine.system.read_text().replace("#!/bin/bash\n", told))
    done = machine.setup("--quiet", PYTHONHOME="/nonexistent")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("words", [["--for"], ["--for", "fun"], ["--nonsense"]])
def test_a_mistake_in_the_call_is_exit_code_2(machine: Machine, words: list[str]) -> None:
    done = machine.setup(*words)
    assert done.returncode == 2 and done.stderr.count("\n") == 1


def becomes_a_plain_user(machine: Machine) -> None:
    (machine.bin / "id").unlink()
    machine.program("id", "#!/bin/bash\necho 1000\n")


def has_sudo(machine: Machine, asks: bool = False) -> None:
    """Without a password, unless it asks."""
    calls = f'echo "sudo $*" >>"{machine.folder}/calls"'
    without = "exit 1" if asks else "shift"
    machine.program("sudo", f'#!/bin/bash\n{calls}\n[ "$1" != -n ] || {without}\nexec "$@"\n')
    (machine.bin / "true").symlink_to(shutil.which("true") or "/bin/true")


def test_without_root_sudo_is_asked_and_else_the_command_is_printed(machine: Machine) -> None:
    becomes_a_plain_user(machine)
    machine.has_apt()
    machine.lacks_headers("png.h")
    done = machine.setup()
    assert done.returncode == 2 and "apt-get install --no-install-recommends libpng-dev" in done.stderr
    assert not machine.calls
    has_sudo(machine)
    assert machine.setup().returncode == 0
    assert machine.calls[0] == "sudo -n true"
    assert machine.calls[1].startswith("sudo env DEBIAN_FRONTEND=noninteractive apt-get -y")


@pytest.mark.parametrize("has_python", [True, False])
@pytest.mark.parametrize("known, is_told", [("*", True), ("python3", False), ("nothing", True)])
def test_without_root_what_only_some_exercises_need_is_printed_at_once_unless_there_is_no_such_package(
    machine: Machine, has_python: bool, known: str, is_told: bool
) -> None:
    becomes_a_plain_user(machine)
    machine.has_apt()
    machine.has_packages(known)
    machine.lacks_headers("png.h")
    machine.python("system", machine.system, lacks=["numba"])
    if not has_python:
        machine.system.unlink()
    done = machine.setup()
    assert done.returncode == 2 and "libpng-dev" in done.stderr
    assert ("\n    apt-get install --no-install-recommends python3-numba\n" in done.stderr) == is_told


@pytest.mark.skipif(not as_root(), reason="needs root, as apt-get does")
def test_what_only_some_exercises_need_is_installed_where_it_can_be(machine: Machine) -> None:
    machine.has_apt()
    machine.python("system", machine.system, lacks=["numba"])
    assert machine.setup("--quiet").returncode == 0
    assert [call.split()[-1] for call in machine.calls] == ["python3-numba"]


def test_what_only_some_exercises_need_comes_through_sudo_where_that_asks_nothing(machine: Machine) -> None:
    becomes_a_plain_user(machine)
    has_sudo(machine)
    machine.has_apt()
    machine.python("system", machine.system, lacks=["numba"])
    done = machine.setup("--quiet")
    assert done.returncode == 0 and done.stderr.count("\n") == 1 and "installing python3-numba" in done.stderr
    assert [call.split()[-1] for call in machine.calls] == ["true", "python3-numba", "python3-numba"]


def test_nobody_is_asked_for_a_password_for_what_only_some_exercises_need(machine: Machine) -> None:
    becomes_a_plain_user(machine)
    has_sudo(machine, asks=True)
    machine.has_apt()
    machine.python("system", machine.system, lacks=["numba"])
    done = machine.setup()
    assert done.returncode == 0 and "will do without Python's numba. To install" in done.stderr
    assert machine.calls == ["sudo -n true"]


def test_what_only_some_exercises_need_stops_nothing_where_it_cannot_be_had(machine: Machine) -> None:
    machine.has_apt(install="exit 1")
    machine.python("system", machine.system, lacks=["numba"])
    done = machine.setup()
    assert done.returncode == 0 and machine.chosen == str(machine.system)
    assert "will do without Python's numba. To install" in done.stderr
    assert "python3-numba" in done.stderr


@pytest.mark.skipif(not as_root(), reason="needs root, as apt-get does")
@pytest.mark.parametrize("packaged", [True, False])
def test_a_module_of_which_the_system_has_no_package_is_had_by_an_environment(
    machine: Machine, packaged: bool
) -> None:
    machine.has_apt(install="exit 100")
    if not packaged:
        machine.has_packages("nothing")
    machine.python("system", machine.system, lacks=["numba"])
    said = machine.setup().stderr
    assert ("apt-get install --no-install-recommends python3-numba" in said) == packaged
    assert ("-m venv --system-site-packages" in said) == (not packaged)
    environment = machine.python("environment", machine.folder / "environment" / "python", lacks=["numba"])
    said = machine.setup(PYTHON=str(environment)).stderr
    assert machine.chosen == str(environment) and f"{environment} -m pip install numba" in said
    machine.python("environment", environment)
    assert machine.setup("--quiet").stderr == "" and machine.chosen == str(environment)


@pytest.mark.skipif(not as_root(), reason="needs root, as apt-get does")
def test_a_command_gets_what_it_does_better_with_as_far_as_it_can_be_had(machine: Machine) -> None:
    make_perf = f'printf "#!/bin/bash\\n" >"{machine.bin}/perf"; chmod +x "{machine.bin}/perf"'
    debug_names = "/usr/lib/debug/.build-id"
    if not Path(debug_names).exists():
        pytest.skip(f"this machine itself lacks {debug_names}, which the table names")
    machine.has_apt(f'case "$*" in *perftools*) exit 100 ;; *linux-perf) {make_perf} ;; esac')
    machine.python("system", machine.system, lacks=[LIBRARY])
    done = machine.setup("--for", "profile")
    assert done.returncode == 0 and "will do without libprofiler.so.0. To install" in done.stderr
    assert machine.calls[0].endswith("install --no-install-recommends linux-perf libgoogle-perftools4t64")
    machine.python("system", machine.system)
    assert machine.setup("--for", "profile", "--quiet").stderr == ""


@pytest.mark.skipif(not as_root(), reason="needs root, as apt-get does")
@pytest.mark.parametrize(
    "has, installed",
    [
        ("*", "linux-perf libgoogle-perftools4t64"),
        ("linux-perf|*perftools4", "linux-perf libgoogle-perftools4"),
        ("linux-tools-*", "linux-tools-generic libgoogle-perftools4t64"),
    ],
)
def test_a_package_that_another_system_calls_otherwise_is_found_by_its_name_there(
    machine: Machine, has: str, installed: str
) -> None:
    machine.has_apt(install="exit 100")
    machine.has_packages(has)
    machine.python("system", machine.system, lacks=[LIBRARY])
    done = machine.setup("--for", "profile")
    assert done.returncode == 0 and "will do without perf" in done.stderr
    assert f"install --no-install-recommends {installed}" in machine.calls[0]


@pytest.mark.parametrize(
    "library, found", [("libc.so.6", True), ("libnothing.so.0|libc.so.6", True), ("libnothing.so.0", False)]
)
def test_a_library_is_there_if_the_interpreter_can_load_it(
    machine: Machine, library: str, found: bool
) -> None:
    assert LIBRARY == "|".join(gperftools.LIBRARIES)
    table = machine.checkout / "grading" / "setup" / "packages.tsv"
    assert LIBRARY in table.read_text()
    table.write_text(table.read_text().replace(LIBRARY, library))
    machine.system = Path(sys.executable)
    said = machine.setup("--for", "profile", "--dry-run").stdout
    assert said.startswith("Nothing is missing") and (library.split("|")[0] in said) != found


def test_a_header_that_a_command_does_better_with_is_looked_for_with_clang(machine: Machine) -> None:
    machine.has_apt(install="exit 1")
    machine.program("clang++", COMPILER.format(machine=machine.folder))
    machine.program("valgrind", "#!/bin/bash\n")
    machine.program("llvm-symbolizer", "#!/bin/bash\n")
    assert "without" not in machine.setup("--for", "sanitize").stderr
    machine.lacks_headers("omp-tools.h")
    for purpose in ("sanitize", "test"):
        assert "omp-tools.h" in machine.setup("--for", purpose).stderr
        said = machine.setup("--for", purpose, "--dry-run").stdout
        assert "Good to have, and not there: omp-tools.h" in said


def test_a_check_installs_nothing_for_other_commands(machine: Machine) -> None:
    machine.has_apt()
    assert machine.setup().returncode == 0 and not machine.calls


def test_where_there_is_no_apt_the_wish_comes_with_pips_command(machine: Machine) -> None:
    machine.python("system", machine.system, lacks=["numba"])
    done = machine.setup()
    assert done.returncode == 0
    assert f"{machine.system} -m pip install numba" in done.stderr


def test_every_row_of_the_table_is_whole() -> None:
    rows = [
        line.split("\t")
        for line in (ROOT / "grading/setup/packages.tsv").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert len(rows) > 20
    for row in rows:
        assert len(row) == 9 and all(row), row
        assert re.fullmatch(r"(wish:)?(check|{}|test)|wish".format("|".join(OTHER_COMMANDS)), row[0]), row
        assert row[3] in ("any", "linux"), row
        assert row[1] in ("command", "compiler", "header", "python", "module", "library", "file"), row


def test_the_real_headers_are_named_as_the_real_compiler_finds_them() -> None:
    done = subprocess.run(
        [str(ROOT / "grading/setup/setup"), "--dry-run", "--for", "test"],
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0 and done.stdout.startswith("Nothing is missing"), done.stdout
