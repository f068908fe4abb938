# Two commands for a newcomer: `make run` and `make test`. The rest is for those who change it.
# Everything is done by the small programs in tools/; each says in its first lines what it does.

PYTHON := sh tools/python.sh
APP := .venv/bin/python
DATA ?= cases.jsonl
OUT ?= var/predictions.jsonl

.PHONY: run test train evaluate bench bench-console bench-phone phone phone-costs phone-usage pictures lint token approvals datacard embeddings lock clean setup setup-dev browser database demo

run:            ## start everything; prints the address
	@exec $(PYTHON) -m tools.run

test: train setup-dev browser database ## everything that is checked
	PYTHONDONTWRITEBYTECODE= $(APP) -m pytest -n 2 --dist loadfile $(ARGS)

train: setup    ## train what is stale
	@$(PYTHON) -m tools.train

evaluate: train ## make evaluate DATA=<file.jsonl> OUT=<predictions.jsonl>: language understanding
	@$(APP) -m tools.evaluate "$(DATA)" "$(OUT)"

demo: train     ## play scripted conversations and print each beside its summary
	@$(APP) -m tools.demo

bench: train    ## how fast it is, beside stock Rasa
	@$(APP) -m tools.bench

bench-console: setup ## how fast the counsellors' pages are with a million closed cases
	@$(APP) -m tools.bench_console

bench-phone: train setup-dev ## how soon a step of a telephone call is answered, 20 calls at once
	@$(APP) -m tools.bench_phone

phone: train setup-dev ## everything with a telephone exchange of its own: call and text by keyboard
	@$(APP) -m tools.phone

phone-costs: setup ## what a conversation by SMS and by telephone costs with your prices
	@$(APP) -m tools.phone.costs $(ARGS)

phone-usage: train setup-dev ## measure segments and minutes anew, with a whole conversation of each kind
	@$(APP) -m tests.dialogue.usage

pictures: setup-dev browser ## take the pictures of the README anew
	@$(APP) -m tests.e2e.pictures

lint: setup-dev
	$(APP) -m ruff check .
	$(APP) -m mypy
	PYTHONPATH=. .venv/bin/lint-imports

token: setup    ## make token NAME="Anna": an API token for a program, shown once
	@$(APP) -m handover token "$(NAME)"

approvals: setup ## write docs/godkendelse.md anew: which texts and facts wait for approval
	@$(APP) -m tools.approvals

datacard: setup ## count the training lines anew in docs/data-card.md
	@$(APP) -m tools.datacard docs/data-card.md

embeddings: setup ## compute the sentence embeddings of the training lines ahead
	@OMP_NUM_THREADS=1 .venv-bot/bin/python -m bot.embedding --ahead

lock:           ## write requirements/*.txt anew from pyproject.toml
	@$(PYTHON) -m tools.lock

clean:          ## environments and trained models; the data in var/ stays
	rm -rf .venv .venv-bot .venv-tools bot/models/*.npz bot/models/*.tar.gz bot/models/*.sha256
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@$(PYTHON) -m tools.setup

setup-dev:
	@$(PYTHON) -m tools.setup --dev

browser:
	@$(PYTHON) -m tools.browser

database:
	@$(PYTHON) -m tools.postgresql
