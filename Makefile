# Two commands matter: `make run` and `make test`. See README.md.
SHELL := /bin/bash
FEATURES := --features punte/custom-protocol

.PHONY: help run test check crashes soak screens bench fuzz package package-test sbom deny campaign campaign-bites bindings docs docs-pages docs-pictures icons install-build install-test ui app clean

help:
	@echo "make run      install what is missing, build, open the window (without a display: the demo in the terminal)"
	@echo "make test     install what is missing and run every test"
	@echo "make check    the fast part: tidy, format, lints, unit tests, UI tests"
	@echo "make crashes  kill the owner at random moments while orders flow"
	@echo "make soak     punte-cli run under load for eight simulated hours (thirty minutes): memory, handles, the ledger's size"
	@echo "make screens  pictures of every screen, in both languages and themes, into target/screens"
	@echo "make bench    measure, and write target/bench/results.json"
	@echo "make fuzz EACH=n fuzz what reads somebody else's bytes, n seconds for each target (wants a nightly compiler)"
	@echo "make package  a release build, its packages (Linux: .deb and .rpm), licences and the bill of materials, into target/package"
	@echo "make package-test  installs the .deb in a new Debian, works with it, upgrades, removes it (root, Linux, Debian's mirror)"
	@echo "make sbom     the bill of materials alone"
	@echo "make deny     bans, licences and sources of what comes in from outside"
	@echo "make campaign SEEDS=n FIRST=seed  worlds in which everything goes wrong; TRACE=1 tells what happens in one"
	@echo "make campaign-bites  whether the campaign finds bugs that are planted"
	@echo "make bindings write the TypeScript of the api anew"
	@echo "make docs     build the documents, English and Romanian, into target/docs"
	@echo "make docs-pages    write their generated pages anew"
	@echo "make docs-pictures take their pictures from target/screens"
	@echo "make icons    make the icons from icons/punte.svg"

run:
	@scripts/run.sh

test:
	@scripts/test.sh all

check:
	@scripts/test.sh check

crashes:
	@scripts/test.sh crashes

soak:
	@scripts/test.sh soak

screens:
	@scripts/test.sh screens

bench:
	@scripts/bench.sh

EACH ?= 900

fuzz:
	@scripts/fuzz.sh $(EACH)

package:
	@scripts/package.sh

package-test:
	@scripts/package-test.sh

sbom:
	@scripts/package.sh sbom

deny:
	@scripts/deny.sh

SEEDS ?= 10000
FIRST ?= 1

campaign:
	SEEDS=$(SEEDS) FIRST=$(FIRST) cargo test --profile campaign -p punte-tests --test campaign -- --nocapture nothing_is

campaign-bites:
	cargo test --profile campaign -p punte-tests --features planted --test campaign -- --nocapture planted_bugs

install-build:
	@scripts/install.sh build

install-test:
	@scripts/install.sh test

ui: install-build
	npm --prefix ui run build

app: ui
	cargo build -p punte -p punte-cli $(FEATURES)

bindings:
	PUNTE_WRITE_BINDINGS=1 cargo test -q -p punte-api

docs:
	@scripts/docs.sh

docs-pages:
	@scripts/docs.sh pages

docs-pictures:
	@scripts/docs.sh pictures

icons:
	cd icons && ../ui/node_modules/.bin/tauri icon punte.svg -o . && rm -rf android ios Square*.png StoreLogo.png
	cd icons && ../ui/node_modules/.bin/tauri icon punte.svg -o . --png 16,24,48,96,256

clean:
	cargo clean
	rm -rf ui/dist ui/node_modules
