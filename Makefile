# convuser: "make" lists the targets. "make run" needs Go, "make check" and
# "make test" Go and Node.js with npm. What else "make test" uses, it tries: a C
# compiler, qemu-user, programs of 32 bits, a browser. A line says what did not
# run.

SHELL   := /bin/sh
export GO ?= go
ADDR    ?= 127.0.0.1:8080
BUILD   := .build
PACKAGE := wasm/npm
CORE    := ./encode/wire ./encode/wire/internal/kernel ./validate ./user ./encode
# The go command leaves out directories whose names begin with a dot.
CHECKED := ./... ./.ci ./.github
TOOL    := $(GO) tool -modfile=.tools/go.mod

# The core is built twice: as the module without imports, which wasm/relink
# makes of a program for wasip1, and as a program for syscall/js. wasm/relink
# knows the Go releases that it was tried with; the build asks for one of them,
# so that everybody gets the same bytes.
WASM_GO     := go1.26.8
WASM_ENV    := GOOS=js GOARCH=wasm CGO_ENABLED=0
MODULE_ENV  := GOOS=wasip1 GOARCH=wasm CGO_ENABLED=0
WASM_FLAGS  := -tags convuser_bundle -trimpath -buildvcs=false

.DEFAULT_GOAL := help
.PHONY: help run wasm bundle check test lint deps race 386 platforms node js test-runtimes test-frameworks screenshots bench-js nested unit kernels generate cover mutate api-record docs reproducible bench bench-core fuzz fuzz-count suites bounds clean need-go need-node

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# With UPSTREAM, the credentials come from the environment or a file, never from
# this command line, which every user of a machine can read.
run: need-go ## serve the admin UI at http://127.0.0.1:8080/ (ADDR=host:port) with the local endpoint, or as a gateway (UPSTREAM=https://conversations.twilio.com, CREDENTIALS=file)
	@echo "make run: building the module and the program, which takes half a minute the first time"
	@$(MAKE) --no-print-directory wasm
	@$(GO) build -o $(BUILD)/ ./wasm/admin
	@exec $(BUILD)/admin -addr "$(ADDR)" -package $(PACKAGE)$(if $(UPSTREAM), -upstream "$(UPSTREAM)")$(if $(CREDENTIALS), -credentials "$(CREDENTIALS)")

wasm: export GOTOOLCHAIN := $(WASM_GO)
wasm: bundle ## build the module and what is made from it into wasm/npm, and hold it to its budgets
	@$(GO) -C .tools run ./npm
	@echo "wasm: $(PACKAGE) is built; npm pack there makes a tarball"

bundle: export GOTOOLCHAIN := $(WASM_GO)
bundle: need-go
	@$(GO) version >/dev/null 2>&1 || { echo "make: $(WASM_GO), which builds the module, cannot be had: go install golang.org/dl/$(WASM_GO)@latest gets it"; exit 1; }
	@mkdir -p $(BUILD)
	@$(WASM_ENV) $(GO) build $(WASM_FLAGS) -ldflags "-s -w -buildid=" -o $(PACKAGE)/convuser_js.wasm ./wasm
	@$(MODULE_ENV) $(GO) build $(WASM_FLAGS) -ldflags "-buildid=" -buildmode=c-shared -o $(BUILD)/reactor.wasm ./wasm
	@$(GO) run -C wasm/relink . -list "$(CURDIR)/$(BUILD)/reactor.wasm" "$(CURDIR)/$(PACKAGE)/convuser.wasm" >$(BUILD)/functions.txt
	@chmod 644 $(PACKAGE)/*.wasm

check: lint ## what to run before a commit: lint, unit tests, the core as js/wasm, the package in Node.js
	@$(MAKE) --no-print-directory unit UNIT=-short
	@echo "node, its own stack:"; $(WASM_ENV) $(GO) test -exec "$(call NODE_RUN,984)" $(CORE)
	@SKIP_BROWSER="make check runs none" $(MAKE) --no-print-directory js

# One target after the other, what fails most first, so that each has seconds of
# its own. The lines of the unit tests, which run first, come last.
TESTS := lint js fuzz-count race cover deps nested node kernels 386 platforms reproducible
test: need-go need-node ## run everything, and say how long each target took
	@mkdir -p $(BUILD) && : >$(BUILD)/seconds
	@each() { start=$$(date +%s); $(MAKE) --no-print-directory $$1 || { echo "make test: $$1 failed"; return 1; }; \
	echo "$$1 $$(($$(date +%s) - start))" >>$(BUILD)/seconds; }; \
	each unit >$(BUILD)/unit.log || { cat $(BUILD)/unit.log; exit 1; }; \
	for t in $(TESTS); do each $$t || exit 1; done
	@awk '{ printf "  %-14s %4d s\n", $$1, $$2; all += $$2 } END { printf "  %-14s %4d s\n", "all", all }' $(BUILD)/seconds
	@cat $(BUILD)/unit.log

lint: need-go ## gofmt, go vet, staticcheck
	@bad=$$(gofmt -l .); if [ -n "$$bad" ]; then echo "gofmt: run gofmt -w on"; echo "$$bad"; exit 1; fi
	@$(GO) vet $(CHECKED)
	@$(WASM_ENV) $(GO) vet -tags convuser_bundle ./wasm && $(MODULE_ENV) $(GO) vet -tags convuser_bundle ./wasm
	@$(TOOL) staticcheck $(CHECKED)
	@echo "lint: gofmt, go vet and staticcheck found nothing"

deps: need-go bundle ## compare what the two builds have of Go with .ci/bundle-imports.txt and .ci/module-functions.txt
	@$(WASM_ENV) $(GO) list -tags convuser_bundle -deps ./wasm | grep -vE '^(internal|runtime)(/|$$)' | LC_ALL=C sort > $(BUILD)/imports.txt
	@diff .ci/bundle-imports.txt $(BUILD)/imports.txt || { echo "deps: the imports of the build for syscall/js (>) are not those of .ci/bundle-imports.txt (<)"; exit 1; }
	@diff .ci/module-functions.txt $(BUILD)/functions.txt || { echo "deps: the module keeps other functions of Go (>) than those of .ci/module-functions.txt (<)"; exit 1; }
	@echo "deps: the module keeps $$(wc -l < $(BUILD)/functions.txt | tr -d ' ') functions of Go, the build for syscall/js imports $$(wc -l < $(BUILD)/imports.txt | tr -d ' ') packages, and no other"

# Many systems for amd64 run programs for 386, and s390x has the other byte
# order. .ci/run-on runs the tests where it finds that their programs run.
PORTABLE := $(CORE) ./encode/httpwire
386: need-go ## the core's tests in 32 bits
	@.ci/run-on 386 $(PORTABLE)

PLATFORMS ?= arm64 riscv64 s390x
platforms: need-go ## the core's tests for arm64, riscv64 and s390x, run where qemu-user is (PLATFORMS=)
	@for arch in $(PLATFORMS); do .ci/run-on $$arch $(PORTABLE) || exit 1; done

race: need-go ## all tests under the race detector, where there is a C compiler
	@.ci/run-on race ./...

# A browser's stack may be small: all of the core runs in 400 KB, and the
# deepest nesting in 8 MB as well.
NODE_RUN = node --stack-size=$(1) $$($(GO) env GOROOT)/lib/wasm/wasm_exec_node.js
node: need-go need-node ## the core's tests as js/wasm under Node.js
	@echo "node, its own stack:"; $(WASM_ENV) $(GO) test -exec "$(call NODE_RUN,984)" $(CORE)
	@echo "node, 400 KB stack:"; $(WASM_ENV) $(GO) test -exec "$(call NODE_RUN,400)" $(CORE) && \
	$(WASM_ENV) $(GO) test -tags convuser_bundle -exec "$(call NODE_RUN,400)" ./wasm && echo "node, 8 MB stack:" && \
	(ulimit -s 16384 2>/dev/null; $(WASM_ENV) $(GO) test -run Depth -exec "$(call NODE_RUN,8192)" $(CORE))

# npm ci where the packages are not those of the lock file.
NPM_CI = npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
%/node_modules/.package-lock.json: %/package-lock.json
	@cd $* && $(NPM_CI) && touch node_modules/.package-lock.json

js: need-node wasm $(PACKAGE)/node_modules/.package-lock.json ## the package and the admin UI in Node.js and Chromium (CHROME_PATH=, SKIP_BROWSER=reason)
	@cd $(PACKAGE) && SKIP_BROWSER="$${SKIP_BROWSER:-$$(node test/why_no_browser.js)}" && export SKIP_BROWSER && \
	if [ -n "$$SKIP_BROWSER" ]; then echo "js: pages are built only, no browser runs ($$SKIP_BROWSER)"; fi && \
	node --test --test-concurrency=$$(node -p 'os.availableParallelism()') test/*.test.js test/admin/*.test.js

test-runtimes: need-node wasm $(PACKAGE)/node_modules/.package-lock.json $(PACKAGE)/test/runtimes/node_modules/.package-lock.json ## the package in Deno, Bun, workerd and, where one starts, Firefox (FIREFOX_PATH=)
	@cd $(PACKAGE)/test/runtimes && node run.js

test-frameworks: need-node wasm $(PACKAGE)/node_modules/.package-lock.json $(PACKAGE)/test/frameworks/node_modules/.package-lock.json ## the package in Next.js, SvelteKit, bundlers, Jest and Vitest, with Chromium (ONLY=regexp: some)
	@cd $(PACKAGE)/test/frameworks && node run.js $(if $(ONLY),'$(ONLY)')

bench-js: need-node wasm $(PACKAGE)/node_modules/.package-lock.json $(PACKAGE)/bench/node_modules/.package-lock.json ## the package beside Ajv, Zod and JavaScript by hand (QUICK=1, ALL=1, CHROMIUM=1)
	@cd $(PACKAGE)/bench && QUICK=$(QUICK) node run.js $(if $(ALL),--all) $(if $(CHROMIUM),--chromium)

screenshots: need-node wasm $(PACKAGE)/node_modules/.package-lock.json ## a picture of each panel into .build/screenshots, and the README's
	@cd $(PACKAGE) && node test/admin/screenshots.js

# The modules with a go.mod of their own.
NESTED := .tools wasm/relink wasm/hosts user/usertest/interop encode/peers validate/tables encode/wire/internal/kernel/avo
nested: export GOTOOLCHAIN := $(WASM_GO)
nested: need-go bundle ## the tests of the nested modules, and their lint (NESTED=wasm/hosts: one)
	@staticcheck=$$($(TOOL) -n staticcheck) && for m in $(NESTED); do \
	(cd $$m && $(GO) vet ./... && $(GO) test -count=1 ./... && "$$staticcheck" ./...) || exit 1; done

unit: need-go ## the tests of every package, Examples included
	@$(GO) test $(UNIT) $(CHECKED)

kernels: need-go ## the core's tests without assembly (tag purego)
	@$(GO) vet -tags purego $(CORE) && $(GO) test -tags purego $(CORE)

generate: need-go ## write the assembly of encode/wire/internal/kernel, validate/unicode_tables.go, and what JavaScript has of user/members.go, validate/hint.go and wasm/protocol.go
	@cd encode/wire/internal/kernel/avo && $(GO) run . -pkg kernel -out ../blocks_amd64.s -stubs ../blocks_amd64.go
	@cd validate/tables && $(GO) run . -out ../unicode_tables.go
	@$(GO) test ./wasm -count=1 -run '^Test(NamesOfMembers|HintWords|Protocol)$$' -update

# A function that other packages' tests reach is not looked at closely enough
# to count. .ci/uncovered.txt has those of which a part cannot be reached.
cover: need-go ## the core's own tests reach each of its statements, but for those of .ci/uncovered.txt
	@mkdir -p $(BUILD)
	@$(GO) test -count=1 -coverpkg="$$(echo $(CORE) | tr ' ' ,)" -coverprofile=$(BUILD)/cover.out $(CORE) >$(BUILD)/cover.log || { cat $(BUILD)/cover.log; exit 1; }
	@$(GO) tool cover -func=$(BUILD)/cover.out | sed 's|^github.com/convuser/convuser/||; s|:[0-9]*:||' | \
	awk 'NR == FNR { listed[$$1 " " $$2] = $$3; next } \
	$$3 != "100.0%" && $$1 != "total:" && listed[$$1 " " $$2] != $$3 { print "cover: " $$1 ": " $$2 " " $$3; bad = 1 } \
	END { print "cover: " $$3 " of the statements"; exit bad }' .ci/uncovered.txt -

# Gremlins runs a package's own tests on each mutant; "--exclude-files /" leaves
# out the packages below it. --invert-negatives makes the mutants of the
# arithmetic once more, so it is off; all the other mutators are on. Limits on a
# processor's time and on memory end a mutant that loops, however busy the
# machine is. Without -count=1, gremlins would take the time of a cached test.
PACKAGES ?= ./encode/wire ./validate ./user ./encode
GREMLINS_FLAGS := --timeout-coefficient 1000 --exclude-files / --exclude-files _tables.go --invert-negatives=false --invert-assignments --invert-bitwise --invert-bwassign --invert-logical --invert-loopctrl --remove-self-assignments
mutate: need-go ## change each operator of the core, half an hour, and list the changes that the tests miss (PACKAGES=./validate: one)
	@$(GO) test $(PACKAGES) >/dev/null || { echo "mutate: the tests of $(PACKAGES) fail as it is"; exit 1; }
	@gremlins=$$($(GO) tool -modfile=.tools/gremlins/go.mod -n gremlins) || exit 1; \
	ulimit -t 10; ulimit -v 4194304 2>/dev/null; export GOFLAGS="$$GOFLAGS -vet=off -count=1"; \
	for p in $(PACKAGES); do out=$(BUILD)/mutants/$${p#./}; mkdir -p "$$out"; \
	"$$gremlins" unleash $(GREMLINS_FLAGS) --output "$$out.json" "$$p" >"$$out.log" 2>&1 || { cat "$$out.log"; exit 1; }; done
	@$(GO) -C .tools run ./mutants $(PACKAGES)

BENCH_WRITE = $(if $(ONLY),-only '$(ONLY)',-markdown README.md -svg bench.svg)
bench: need-go ## convuser beside its peers, into encode/peers/README.md (QUICK=1: a few minutes; ONLY=regexp: print only)
	@cd encode/peers && $(GO) run ./cmd/bench $(if $(QUICK),-quick) $(BENCH_WRITE)

SUITE_TESTS = ^Test(JSONTestSuite|JSONRoundTrip|FormParser|FormConstructor|FormSerializer|DateTimeFormat|UTF8|NaughtyStrings)$$
suites: need-go ## the suites written by others, in Go, a line each (SUITES=folder)
	@mkdir -p $(BUILD)
	@$(GO) test ./fuzz -count=1 -v -run '$(SUITE_TESTS)' >$(BUILD)/suites.log 2>&1 || { grep -vE '^ *(=== |--- PASS)' $(BUILD)/suites.log; exit 1; }
	@sed -n 's/.*_test.go:[0-9]*: \(suite .*\)/\1/p; s/.*_test.go:[0-9]*: \(no suite\)/\1/p' $(BUILD)/suites.log

bounds: need-go ## memory and work on hostile input, counted, by function: the worst shape of all (ALL=1: each)
	@mkdir -p $(BUILD)
	@$(GO) test ./fuzz -count=1 -v -run '^Test(MemoryIsBounded|WorkIsLinear)$$' >$(BUILD)/bounds.log 2>&1 || { grep -vE '^ *(=== |--- PASS)' $(BUILD)/bounds.log; exit 1; }
	@sed -n 's/.*_test.go:[0-9]*: \($(if $(ALL),.*,worst .*)\)/\1/p' $(BUILD)/bounds.log

bench-core: need-go ## benchmarks of the core, the alternative beside each
	@$(GO) test -run '^$$' -bench . -benchmem $(CORE)

api-record: need-go ## write the exported names into .ci/api.txt
	@$(GO) test -count=1 ./.ci -run '^TestAPI$$' -update

docs: need-go ## write what is generated under .github: recipes, error codes, licences, suites
	@$(GO) test -count=1 ./.github ./fuzz -run '^Test(Recipes|ErrorCodes|Licences|SuiteTables)$$' -update

AGAIN := $(BUILD)/again
reproducible: need-go wasm ## build the package again, from a copy of the tree and an empty cache, and compare
	@rm -rf $(AGAIN) && mkdir -p $(AGAIN)/tree/encode $(AGAIN)/tree/$(PACKAGE) $(AGAIN)/cache
	@cp -R go.mod go.sum Makefile LICENSE validate user .tools $(AGAIN)/tree
	@cp -R encode/*.go encode/wire $(AGAIN)/tree/encode
	@cp wasm/*.go $(AGAIN)/tree/wasm && cp -R wasm/relink $(AGAIN)/tree/wasm && cp -R $(PACKAGE)/src $(PACKAGE)/*.d.ts $(PACKAGE)/package.json $(AGAIN)/tree/$(PACKAGE)
	@GOCACHE="$$(pwd)/$(AGAIN)/cache" $(MAKE) --no-print-directory -C $(AGAIN)/tree bundle
	@$(MAKE) --no-print-directory -C $(AGAIN)/tree wasm
	@cd $(PACKAGE) && for f in *.wasm *.js *.cjs *.map *.d.cts convuser.wasm.json; do cmp $$f ../../$(AGAIN)/tree/$(PACKAGE)/$$f || exit 1; done
	@rm -rf $(AGAIN)
	@echo "reproducible: two builds in two directories gave the same bytes"

# One target after the other. A program is built once for each package, and its
# corpus grows under .build/fuzz. Making an input smaller that has reached
# something new is bounded, or it would take the time.
FUZZTIME ?= 30s
FUZZMIN  ?= 10x
FUZZDIR  ?= $(BUILD)/fuzz
FUZZED := fuzz wasm wasm/hosts encode/formv4 encode/peers encode/wire/internal/kernel
fuzz: need-go ## every fuzz target for FUZZTIME (30s, or 20000x), a line each; FUZZONLY=regexp
	@mkdir -p $(FUZZDIR)
	@for p in $(FUZZED); do \
	name=$$(basename $$p); corpus="$$(pwd)/$(FUZZDIR)/$$name"; program="$$corpus.test$$($(GO) env GOEXE)"; log="$$corpus.log"; \
	$(GO) -C $$p test -c -fuzz=. -o "$$program" . || exit 1; \
	for t in $$(cd $$p && "$$program" -test.list '$(or $(FUZZONLY),^Fuzz)' | grep '^Fuzz'); do \
	(cd $$p && "$$program" -test.run '^$$' -test.fuzz "^$$t$$" -test.fuzztime $(FUZZTIME) -test.fuzzminimizetime $(FUZZMIN) -test.fuzzcachedir "$$corpus") >"$$log" 2>&1 || { cat "$$log"; exit 1; }; \
	awk -v t=$$t '/execs:/ { line = $$0 } END { sub(/^fuzz: elapsed: /, "", line); printf "%-21s %s\n", t, line }' "$$log"; done; done

# The same work each time: from the seeds on, and without making inputs smaller.
FUZZCOUNT ?= 20000x
fuzz-count: ## every fuzz target for a count (FUZZCOUNT=20000x) from its seeds on
	@rm -rf $(BUILD)/fuzz-count
	@$(MAKE) --no-print-directory fuzz FUZZTIME=$(FUZZCOUNT) FUZZMIN=0x FUZZDIR=$(BUILD)/fuzz-count

clean: ## remove what was built
	rm -rf $(BUILD)

need-node:
	@command -v npm >/dev/null 2>&1 && node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || a == 20 && b >= 10 ? 0 : 1)' 2>/dev/null || \
	{ echo "make: Node.js 20.10 or later with npm is missing; install it from your system's packages or nodejs.org (make unit needs Go alone)"; exit 1; }

need-go:
	@command -v $(GO) >/dev/null 2>&1 || { echo "make: Go is missing; install Go 1.26 or later from your system's packages or go.dev"; exit 1; }
