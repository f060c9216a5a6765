# "make help" lists what a person needs. Only Go and make are needed; the tools are built from tools/ on first use.

GO ?= go
.DEFAULT_GOAL := help
.NOTPARALLEL:
.SUFFIXES:

ifeq ($(HOME),)
export HOME := $(CURDIR)/.cache/home
endif

# Go asks git for the revision, and a build fails where git refuses, as it does in a folder of another user.
export GOFLAGS := $(strip $(shell $(GO) env GOFLAGS 2>/dev/null) -buildvcs=false)

# Nothing of spacey needs a C compiler but the race detector.
RACE_CGO := $(or $(CGO_ENABLED),1)
CGO_ENABLED ?= 0
export CGO_ENABLED

# Tools are kept by version of Go: a linter built by an older Go refuses the code of a newer one.
TOOLS := .cache/tools/$(shell $(GO) env GOVERSION 2>/dev/null)
LINTER := $(TOOLS)/golangci-lint
MOCKERY := $(TOOLS)/mockery
WIRE := $(TOOLS)/wire
GOVULNCHECK := $(TOOLS)/govulncheck

# The modules inside this one, by folder: the tools, and what tests need that must not enter go.mod.
MODULES := $(patsubst ./%/go.mod,%,$(shell find . -name go.mod -not -path './go.mod' -not -path './.*' -not -path './data/*'))
TOOL_MODULES := $(filter tools/%,$(MODULES))
CODE_MODULES := $(filter-out tools/%,$(MODULES))

TEST_FLAGS ?= -timeout 20m
BENCH ?= .

.PHONY: help
help: ## Show this list.
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

.PHONY: serve
serve: bin/spacey ## Run all of spacey on http://localhost:8080 until Ctrl-C. PORT and DATA_DIR choose otherwise.
	@bin/spacey serve

.PHONY: cleanup
cleanup: ## Stop what serve runs and remove what was built. Keeps data/ and .env; PURGE=1 removes these too.
	@sh tools/stop.sh
	@if [ -d .cache ]; then chmod -R u+w .cache; fi
	rm -rf bin .cache coverage.*
	@if [ "$(PURGE)" = 1 ]; then echo rm -rf data .env; rm -rf data .env; fi

# The database of the containers: STORAGE of the environment, else of .env, else mongo. docker compose reads it in the same
# order, and has each database in a profile of its name.
CONTAINER_STORAGE = $(or $(STORAGE),$(shell sed -n "s/^[[:space:]]*\(export[[:space:]]*\)\{0,1\}STORAGE[[:space:]]*=[[:space:]]*[\"']\{0,1\}\([a-z]*\).*/\2/p" .env 2>/dev/null | tail -n 1),mongo)

.PHONY: up
up: ## Run the services in containers on http://localhost:8080, over MongoDB or with STORAGE=postgres. Makes secrets in .env. Needs docker.
	@case "$(CONTAINER_STORAGE)" in mongo|postgres) ;; *) echo "STORAGE is $(CONTAINER_STORAGE): containers run on mongo or postgres"; exit 1;; esac
	@sh tools/check-docker.sh
	@$(MAKE) --no-print-directory bin/spacey
	@sh tools/env.sh bin/spacey
	COMPOSE_PROFILES=$(CONTAINER_STORAGE) docker compose up --build --detach --wait
	@echo "spacey answers on http://localhost:$$(docker compose port api 8080 | sed 's/.*://'); mails are at http://localhost:8025; make down stops it"

# compose wants the secrets even where it does not use them, and removes only what is in an active profile.
.PHONY: down
down: ## Stop the containers. Keeps what is stored; PURGE=1 removes it.
	@sh tools/check-docker.sh
	COMPOSE_PROFILES=mongo,postgres,redis SERVICE_TOKEN=- AUTH_PRIVATE_KEY=- docker compose down --remove-orphans $(if $(filter 1,$(PURGE)),--volumes)

.PHONY: image
image: ## Build the container image "spacey", which holds every program. Needs docker.
	@sh tools/check-docker.sh
	docker build --tag spacey .

# Tests that run without the race detector, which makes them up to ten times as slow: many thousand histories, of which smaller ones
# with it are in internal/app/learning; the contract of storage against stores with faults, which is run with it over each engine; and
# reading documents, where the detector takes more memory than a reader may have.
PLAIN_TESTS := test/interleavings internal/ports/porttest internal/adapters/documents

.PHONY: test
test: ## Run all tests on every engine, with the race detector where there is a C compiler. RACE=0 leaves it out.
	@status=0; race=; cgo=$(CGO_ENABLED); \
	if [ "$(RACE)" = 0 ]; then echo "RACE=0: testing without the race detector"; \
	elif reason=$$(CGO_ENABLED=$(RACE_CGO) $(GO) build -race runtime/cgo 2>&1); then race=-race; cgo=1; \
	else echo "testing without the race detector, which needs a C compiler: $$(echo "$$reason" | tail -n 1)"; fi; \
	$(foreach module,$(CODE_MODULES),if [ -n "$$(find $(module) -name '*_test.go')" ]; then \
	echo "module $(module)"; (cd $(module) && $(GO) vet ./... && $(GO) test $(TEST_FLAGS) ./...) || status=1; fi; ) \
	CGO_ENABLED=$$cgo $(GO) test $$race $(TEST_FLAGS) $$($(GO) list ./... | grep -v $(PLAIN_TESTS:%=-e '/%$$')) || status=1; \
	$(GO) test $(TEST_FLAGS) $(PLAIN_TESTS:%=./%) || status=1; \
	exit $$status

.PHONY: bench
bench: ## Measure speed against floors, in about half an hour, and print a table. BENCH=gateway chooses rows, by a regular expression.
	@$(GO) run ./test/bench -run '$(BENCH)'

# How long fuzz tries each parser of input from outside, and which packages it looks into.
FUZZTIME ?= 60s
FUZZ ?= ./...

.PHONY: fuzz
fuzz: ## Try each parser of input from outside with made-up input, FUZZTIME=60s each. FUZZ=./internal/domain chooses packages.
	@status=0; for package in $$($(GO) list $(FUZZ)); do \
	targets=$$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz') || continue; \
	for target in $$targets; do echo "$$package $$target"; \
	$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package || status=1; done; done; exit $$status

# About how many made-up requests fuzz-api makes, besides some 2,000 that try the edge of every rule, and after how many
# seconds it ends; empty is when it is done.
CASES ?= 2000
FUZZ_SECONDS ?=
SCHEMATHESIS := .cache/schemathesis

.PHONY: fuzz-api
fuzz-api: bin/spacey $(SCHEMATHESIS)/python ## Check the OpenAPI document, and hold all routes against it with CASES=2000 made-up requests. Needs Python 3.10.
	@$(SCHEMATHESIS)/python test/schemathesis/run.py bin/spacey $(CASES) $(FUZZ_SECONDS)

$(SCHEMATHESIS)/python: test/schemathesis/requirements.txt test/schemathesis/install.sh
	@sh test/schemathesis/install.sh $(SCHEMATHESIS)

.PHONY: build
build: ## Build every program into bin/.
	$(GO) build -trimpath -o bin/ ./cmd/...

.PHONY: bin/spacey
bin/spacey:
	$(GO) build -trimpath -o bin/spacey ./cmd/spacey

.PHONY: generate
generate: $(WIRE) $(MOCKERY) ## Write the generated code again: object graphs (wire) and mocks of the ports (mockery).
	$(WIRE) gen ./cmd/...
	$(MOCKERY) --config .mockery.yml --log-level warn

.PHONY: lint
lint: ## Check format, code, import rules, generated code and module files. Says everything that is wrong.
	@$(MAKE) --no-print-directory --keep-going lint-format lint-vet lint-code lint-rules lint-generated lint-modules

.PHONY: vulncheck
vulncheck: $(GOVULNCHECK) ## Ask Go's vulnerability database, at vuln.go.dev, about the code that is called.
	$(GOVULNCHECK) ./...

.PHONY: lint-format
lint-format:
	@echo "lint: format"
	@unformatted=$$(find . \( -path './.*' -o -path ./data \) -prune -o -name '*.go' -print0 | xargs -0 "$$($(GO) env GOROOT)/bin/gofmt" -l) \
	&& if [ -n "$$unformatted" ]; then echo "not formatted by gofmt:"; echo "$$unformatted"; exit 1; fi

.PHONY: lint-vet
lint-vet:
	@echo "lint: vet"
	@status=0; for module in . $(CODE_MODULES); do (cd $$module && $(GO) vet ./...) || status=1; done; exit $$status

.PHONY: lint-code
lint-code: $(LINTER)
	@echo "lint: code and import rules"
	@status=0; for module in . $(CODE_MODULES); do (cd $$module && GOLANGCI_LINT_CACHE="$(CURDIR)/.cache/golangci-lint" \
	"$(CURDIR)/$(LINTER)" run --config "$(CURDIR)/.golangci.yml" ./...) || status=1; done; exit $$status

# A new adapter without a rule of its own would be free to import anything.
.PHONY: lint-rules
lint-rules:
	@echo "lint: every adapter has an import rule"
	@status=0; for adapter in internal/adapters/*/; do grep -q "\*\*/$$adapter" .golangci.yml \
	|| { echo "$$adapter has no import rule in .golangci.yml"; status=1; }; done; exit $$status

.PHONY: lint-generated
lint-generated: $(WIRE) $(MOCKERY)
	@echo "lint: generated code is up to date"
	@sh tools/check-generated.sh $(WIRE) $(MOCKERY)

.PHONY: lint-modules
lint-modules:
	@echo "lint: module files are tidy"
	@status=0; for module in . $(MODULES); do (cd $$module && $(GO) mod tidy -diff) || { echo "run: go mod tidy in $$module"; status=1; }; done; exit $$status

# Tools are of this machine whatever the product is built for.
$(TOOLS)/%: tools/%/go.mod tools/%/go.sum
	@echo "building $*, which takes up to some minutes and is done once"
	@cd tools/$* && GOOS= GOARCH= $(GO) build -trimpath -o "$(CURDIR)/$@" tool
	@touch $@
