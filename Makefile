.DEFAULT_GOAL := help
export CGO_ENABLED := 0

.PHONY: help build test purego emulate arm64 chaos race lint fuzz cross bench verify
help: ## this list
	@grep -E '^[a-z/]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

build: ## the static binary, bin/sadi
	go build -trimpath -ldflags '-s -w' -o bin/sadi ./cmd/sadi

test: ## all tests
	go test ./...

race: ## the race detector on the packages that have goroutines (needs a C compiler)
	CGO_ENABLED=1 go test -race -short $(RACE)
RACE := ./internal/par ./internal/table/csvio ./internal/trial ./internal/engine ./internal/queue/... ./internal/jetqueue ./internal/worker ./internal/service ./internal/httpapi ./internal/pack ./internal/blob/... ./internal/model/xgb ./internal/prep/... ./internal/mlflow/...

purego: ## the tests of the packages that have assembly, without it
	go test -tags purego ./internal/isa ./internal/num ./internal/gemm ./internal/loss ./internal/model/...

emulate: ## the tests of the assembly on an emulated processor with AVX-512 (needs Debian's bochs, see bench/emulate)
	go run ./bench/emulate

arm64: ## holds arm64 to the bits of amd64, emulated (needs qemu-user-static)
	.ci/arm64

chaos: ## kills 30 processes of a cluster at random moments; no job may be lost
	go test ./cmd/sadi -run TestNothingIsLost -v -timeout 30m -kills 30

lint: ## vet, staticcheck, gofmt
	go vet ./...
	go tool staticcheck ./...
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run gofmt -w on these"; exit 1; }

fuzz: ## every fuzz target, one minute each
	@for p in $$(grep -rl --include=*_test.go '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -ho '^func Fuzz[A-Za-z]*' $$p/*_test.go | cut -c6-); do go test $$p -run '^$$' -fuzz "^$$f$$" -fuzztime 60s -fuzzminimizetime 10x || exit 1; done; done

cross: ## builds for the other systems
	GOOS=windows GOARCH=amd64 go build -o /dev/null ./cmd/sadi
	GOOS=darwin GOARCH=arm64 go build -o /dev/null ./cmd/sadi
	GOOS=linux GOARCH=arm64 go build -o /dev/null ./cmd/sadi

bench: ## the table of bench/RESULTS.md: every data set of DATA= against scikit-learn (needs python3-sklearn)
	go run ./bench/quality -data $(DATA)

verify: lint test purego race cross arm64 ## what CI runs
