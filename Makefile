# convuser: "make" lists the targets. Go and make are all that "make run" and
# "make test" need; what else is there (a C compiler, Node.js) is used.

SHELL   := /bin/sh
GO      ?= go
ADDR    ?= 127.0.0.1:8080
BUILD   := .build
BUNDLE  := $(BUILD)/wasm
CORE    := ./encode/wire ./validate ./user ./encode
TOOL    := $(GO) tool -modfile=.tools/go.mod

# The browser build: reproducible, without what a browser does not need.
WASM_ENV   := GOOS=js GOARCH=wasm CGO_ENABLED=0
WASM_FLAGS := -tags convuser_bundle -trimpath -ldflags "-s -w -buildid="

.DEFAULT_GOAL := help
.PHONY: help run wasm test lint deps race 386 node unit peers interop api api-record docs reproducible bench bench-core fuzz clean need-go

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: need-go wasm ## serve the local endpoint and the admin UI at http://127.0.0.1:8080/ (ADDR=host:port)
	@$(GO) run ./wasm/admin -addr "$(ADDR)" -bundle "$(BUNDLE)"

wasm: need-go ## build the browser bundle into .build/wasm
	@mkdir -p $(BUNDLE)
	@$(WASM_ENV) $(GO) build $(WASM_FLAGS) -o $(BUNDLE)/convuser.wasm ./wasm
	@cp "$$($(GO) env GOROOT)/lib/wasm/wasm_exec.js" $(BUNDLE)/wasm_exec.js

test: need-go lint deps reproducible 386 node race peers interop unit ## run everything

lint: need-go ## gofmt, go vet, staticcheck
	@bad=$$(gofmt -l .); if [ -n "$$bad" ]; then echo "gofmt: run gofmt -w on"; echo "$$bad"; exit 1; fi
	@$(GO) vet ./...
	@$(WASM_ENV) $(GO) vet -tags convuser_bundle ./wasm $(CORE)
	@$(TOOL) staticcheck ./...
	@echo "lint: gofmt, go vet and staticcheck found nothing"

deps: need-go ## compare what the bundle imports with .ci/bundle-imports.txt
	@mkdir -p $(BUILD)
	@$(WASM_ENV) $(GO) list -tags convuser_bundle -deps ./wasm | grep -vE '^(internal|runtime)(/|$$)' | LC_ALL=C sort > $(BUILD)/imports.txt
	@if ! diff .ci/bundle-imports.txt $(BUILD)/imports.txt; then echo "deps: the bundle's imports (>) are not those of .ci/bundle-imports.txt (<)"; exit 1; fi
	@echo "deps: the bundle imports its $$(wc -l < $(BUILD)/imports.txt | tr -d ' ') packages and no other"

# A 386 program runs on an amd64 machine's Linux or Windows; elsewhere it is only built.
386: need-go ## the core's tests on a machine of 32 bits
	@case "$$($(GO) env GOHOSTOS)/$$($(GO) env GOHOSTARCH)" in \
	linux/amd64|linux/386|windows/amd64) echo "386:"; GOARCH=386 CGO_ENABLED=0 $(GO) test $(CORE) ./encode/httpwire ;; \
	*) GOOS=linux GOARCH=386 $(GO) vet $(CORE) && echo "386: built only, this machine does not run it" ;; \
	esac

race: need-go ## all tests under the race detector, where there is a C compiler
	@if command -v "$$($(GO) env CC | cut -d ' ' -f 1)" >/dev/null 2>&1; then echo "race:"; CGO_ENABLED=1 $(GO) test -race ./...; \
	else echo "race: skipped, it needs a C compiler ($$($(GO) env CC))"; fi

# A browser's stack may be small: all of the core runs in 400 KB, and the
# deepest nesting in 8 MB as well.
NODE_RUN = node --stack-size=$(1) $$($(GO) env GOROOT)/lib/wasm/wasm_exec_node.js
node: need-go ## the core's tests as js/wasm under Node.js, where there is one
	@if command -v node >/dev/null 2>&1; then echo "node, 400 KB stack:"; \
	$(WASM_ENV) $(GO) test -exec "$(call NODE_RUN,400)" $(CORE) && \
	$(WASM_ENV) $(GO) test -tags convuser_bundle -exec "$(call NODE_RUN,400)" ./wasm && echo "node, 8 MB stack:" && \
	(ulimit -s 16384 2>/dev/null; $(WASM_ENV) $(GO) test -run Depth -exec "$(call NODE_RUN,8192)" $(CORE)); \
	else echo "node: skipped, it needs Node.js"; fi

unit: need-go ## the tests of every package, Examples included
	@$(GO) test ./...

BENCH_WRITE = $(if $(ONLY),-only '$(ONLY)',-markdown ../../README.md -svg bench.svg)
bench: need-go ## convuser beside its peers, into the README (QUICK=1: a few minutes; ONLY=regexp: print only)
	@cd encode/peers && $(GO) run ./cmd/bench $(if $(QUICK),-quick) $(BENCH_WRITE)

interop: need-go ## the nested module user/usertest/interop: gin, echo and the official Go SDK
	@cd user/usertest/interop && $(GO) vet ./... && $(GO) test ./...
	@staticcheck=$$($(TOOL) -n staticcheck) && cd user/usertest/interop && "$$staticcheck" ./...

bench-core: need-go ## benchmarks of the core, the alternative beside each
	@$(GO) test -run '^$$' -bench . -benchmem $(CORE)

peers: need-go ## the nested module encode/peers: every peer gives the same answers
	@cd encode/peers && $(GO) vet ./... && $(GO) test ./...
	@staticcheck=$$($(TOOL) -n staticcheck) && cd encode/peers && "$$staticcheck" ./...

api: need-go ## compare the exported names with .ci/api.txt
	@$(GO) test -count=1 -run '^TestAPI$$' ./fuzz
	@echo "api: the exported names are those of .ci/api.txt"

api-record: need-go ## write the exported names into .ci/api.txt
	@$(GO) test -count=1 -run '^TestAPI$$' ./fuzz -update

docs: need-go ## write what is generated under .github: recipes, error codes, licences
	@$(GO) test -count=1 -run '^Test(Recipes|ErrorCodes|Licences)$$' ./fuzz -update

AGAIN := $(BUILD)/again
reproducible: need-go wasm ## build the bundle again, from a copy of the tree and an empty cache, and compare
	@rm -rf $(AGAIN) && mkdir -p $(AGAIN)/tree/encode $(AGAIN)/cache
	@cp -R go.mod go.sum Makefile validate user wasm $(AGAIN)/tree
	@cp -R encode/*.go encode/wire $(AGAIN)/tree/encode
	@GOCACHE="$$(pwd)/$(AGAIN)/cache" $(MAKE) --no-print-directory -C $(AGAIN)/tree wasm
	@for f in convuser.wasm wasm_exec.js; do cmp $(BUNDLE)/$$f $(AGAIN)/tree/$(BUNDLE)/$$f || exit 1; done
	@rm -rf $(AGAIN)
	@echo "reproducible: two builds in two directories gave the same bytes"

# One target after the other; minimizing is bounded, or it would take the time.
FUZZTIME ?= 30s
fuzz: need-go ## every fuzz target for FUZZTIME (30s), a line each
	@mkdir -p $(BUILD)
	@for t in $$($(GO) test ./fuzz -list '^Fuzz' | grep '^Fuzz'); do \
	$(GO) test ./fuzz -run '^$$' -fuzz "^$$t$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x >$(BUILD)/fuzz.log 2>&1 || { cat $(BUILD)/fuzz.log; exit 1; }; \
	echo "$$t: $$(grep 'execs:' $(BUILD)/fuzz.log | tail -1 | sed 's/^fuzz: elapsed: [^,]*, //')"; done

clean: ## remove what was built
	rm -rf $(BUILD)

need-go:
	@command -v $(GO) >/dev/null 2>&1 || { echo "make: Go is missing; install Go 1.26 or later from your system's packages or go.dev"; exit 1; }
