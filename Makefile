# The front door of the course: `make help` lists the commands. Each only drives a tool under grading/.
#
# Two things here are unusual, and meant:
# - Variables given by the person (EX=..., ARGS=...) reach the tools through the environment, never as text of a shell
#   line, and make does not expand them: whatever stands in them, nothing of it is run.
# - GNU make exits with 2 when a recipe fails, whatever the recipe's own exit code; with 1 only under --question, when
#   something is not up to date. As 1 (not passed) and 2 (a mistake) should be told apart, make is put under --question,
#   the commands' lines start with + (they run all the same), and a command that ended with 1 is left "not up to date".
#   So is one whose output nobody wants any more (141, as in `make hint | head -1`): make would complain of all but 1.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
unexport MAKEFLAGS MFLAGS MAKEOVERRIDES GNUMAKEFLAGS

variables := EX FRESH FORCE JSON SEED BUDGET TOOL ARGS
$(foreach name,$(variables),$(eval override $(name) := $$(value $(name))))
export EX SEED BUDGET TOOL ARGS

dry := $(findstring n,$(filter-out --%,$(firstword -$(MAKEFLAGS))))
ifeq ($(dry),)
MAKEFLAGS += --question
endif
always := $(if $(dry),,+)@

on = $(filter-out 0 no off false,$($(1)))
exercise = $(if $(strip $(EX)),-- "$$EX")
options = $(if $(call on,FRESH),--fresh) $(if $(call on,JSON),--json) $(if $(SEED),--seed="$$SEED") $(if $(BUDGET),--budget="$$BUDGET")
look = $(if $(call on,JSON),--json) $(if $(TOOL),--tool="$$TOOL") $(if $(BUDGET),--budget="$$BUDGET")
arguments = $(if $(ARGS),--args="$$ARGS")

# $(call command,A SHELL COMMAND): runs it and passes its exit code on, unless that is 0, through a file that belongs to this
# make; where no file can be written (a full disk, a checkout that may only be read), as the exit code of the line itself.
code_file := build/exit-code.$(shell echo $$PPID)
hand_on = code=$$?; { echo $$code >$(code_file); } 2>/dev/null || { rm -f $(code_file); exit $$code; }
command = $(always)mkdir -p build; rm -f $(code_file); $(1) || { $(hand_on); }
code = $(firstword $(shell cat $(code_file) 2>/dev/null; rm -f $(code_file)))
finish = $(if $(dry),,$(call finish_with,$(code)))
finish_with = $(if $(filter 1 141,$(1)),@exit 1,$(if $(1),+@exit $(1)))

define newline


endef
commands := help check watch list next hint profile compare report solution sanitize reset test setup build baseline ladder scatter bench format lint clean
.PHONY: $(commands) $(commands:%=run-%)
# Told before anything is done: `make check 03` would check everything first.
unknown := $(firstword $(filter-out $(commands) $(commands:%=run-%),$(MAKECMDGOALS)))
ifneq ($(unknown),)
$(error There is no command '$(unknown)': make help lists them. An exercise is named with EX=, as in make check EX=03)
endif
# So would `make check ex=03` and `EXERCISE=03`. (Only what stands on the command line: an environment may have such a variable.)
given := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
odd := $(firstword $(filter-out $(variables),$(filter $(shell echo $(variables) | tr A-Z a-z) EX% Ex% eX% ex%,$(given))))
ifneq ($(odd),)
$(error '$(odd)=' means nothing: there are $(variables), in capitals, as in make check EX=03)
endif

# Every command is two targets: run-NAME does it, NAME hands on its exit code.
$(commands): %: run-%
	$(finish)

help: ## list the commands
check: ## grade every exercise, or one: EX=12, EX=bessel; FRESH=1 anew, JSON=1, SEED=N, BUDGET=SECONDS
watch: ## check again whenever the file is saved; keys for hint, profile, solution, ...: EX=...
list: ## list the exercises and how far each has come; JSON=1
next: ## say what to do next, and why
hint: ## one more hint at each call: EX=...
profile: ## see where the time goes in reference, yours and solution: EX=..., TOOL=perf|gperftools|callgrind|cprofile
compare: ## yours against the solution: profile, hot loop, compiler's remarks, difference: EX=..., TOOL=...
report: ## write a page with ladder, roofline, wave and attempts: build/report/index.html; FRESH=1 anew
solution: ## show the solution with its notes; asks first when yours has not passed, FORCE=1 does not: EX=...
sanitize: ## look for memory errors, memory without a value, undefined behaviour and data races: EX=...
reset: ## put back an exercise's starting file; yours is kept as a backup: EX=...
test: ## test the course itself (GoogleTest and pytest)
setup: ## install what is missing and choose the Python interpreter; PYTHON=... proposes one
build: ## build everything that is compiled, so that no check has to wait for it
baseline: ## time the original Python programs on this machine, for the remark in a verdict
ladder: ## time every solution from the original Python to the top, for a table and a picture: ARGS="--help"
scatter: ## run the C++ program that computes the scattered wave: ARGS="--help"
bench: ## explore an exercise with Google Benchmark: EX=..., ARGS="--benchmark_filter=..."
format: ## format the C++ files with clang-format
lint: ## check the C++ files' format and the Python files with flake8
clean: ## remove what commands build anew by themselves; history, backups, profiles, reports and figures stay

define help
said=$$(sed -n 's/^\([a-z]*\): *## \(.*\)/\1 \2/p' Makefile | while read -r name text; do printf 'make %-9s %s\n' "$$name" "$$text"; done; echo; echo 'Exit code: 0 fine, 1 not passed, 2 a mistake in the call or the set-up. Without make: grading/course/run check 12')
printf '%s\n' "$$said" 2>/dev/null || { echo 'The list of commands cannot be printed: the disk is full, or the output is closed.' >&2; exit 2; }
endef
run-help:
	$(call command,($(subst $(newline),;,$(help))))
run-check:
	$(call command,grading/course/run check $(options) $(exercise))
run-watch:
	$(call command,grading/course/run watch $(exercise))
run-list:
	$(call command,grading/course/run list $(if $(call on,JSON),--json))
run-next:
	$(call command,grading/course/run next)
run-hint:
	$(call command,grading/course/run hint $(exercise))
run-profile:
	$(call command,grading/course/run profile $(look) $(exercise))
run-compare:
	$(call command,grading/course/run compare $(look) $(exercise))
run-report:
	$(call command,grading/course/run report $(if $(call on,FRESH),--fresh))
run-solution:
	$(call command,grading/course/run solution $(if $(call on,FORCE),--force) $(exercise))
run-sanitize:
	$(call command,grading/course/run sanitize $(exercise))
run-reset:
	$(call command,grading/course/run reset $(exercise))
run-test:
	$(call command,grading/course/run test)
run-setup:
	$(call command,grading/setup/setup --for check)
run-build:
	$(call command,grading/course/run build)
run-baseline:
	$(call command,grading/course/run baseline $(arguments))
run-ladder:
	$(call command,grading/course/run ladder $(arguments))
run-scatter:
	$(call command,grading/course/run scatter $(arguments))
run-bench:
	$(call command,grading/course/run bench $(arguments) $(exercise))
run-format:
	$(call command,grading/setup/sources format)
run-lint:
	$(call command,grading/setup/sources lint)
run-clean:
	$(call command,grading/setup/sources clean)
