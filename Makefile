# Every target prepares the machine itself, once: see .ci/setup.
DATA ?= sample_data
OUTPUT ?= output
CYCLE ?=
FILE ?=
PYTHON ?= python3
VENV := .venv/bin
DIRS := --data "$(DATA)" --output "$(OUTPUT)"

.PHONY: help setup cycle open check status doctor test test-all bench lint lock clean

# Printed from the targets' own comments.
help:
	@echo 'Cách dùng: make VIỆC [DATA=thư-mục-dữ-liệu] [OUTPUT=thư-mục-kết-quả] [CYCLE=2026-11-K1]'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

cycle: .venv/.ready ## Chạy một kỳ: đọc báo cáo, chấm điểm, in hồ sơ họp (CYCLE trống = kỳ mới nhất)
	@$(VENV)/sauro cycle $(CYCLE) $(DIRS)

open: .venv/.ready ## Mở kỳ mới: phát phiếu cho các đơn vị
	@$(VENV)/sauro open $(CYCLE) $(DIRS)

check: .venv/.ready ## Kiểm tra thử một phiếu: make check FILE=phieu.xlsx
	@$(VENV)/sauro check $(if $(FILE),"$(FILE)") $(DIRS)

status: .venv/.ready ## Xem đơn vị nào đã nộp, chưa nộp
	@$(VENV)/sauro status $(CYCLE) $(DIRS)

doctor: ## Xem máy này có dùng được không, thiếu gì
	@"$(or $(wildcard $(VENV)/python),$(PYTHON))" pipeline/doctor.py

setup: .venv/.ready ## Cài sẵn mọi thứ (các việc khác tự làm khi cần)

test: .venv/.ready ## Chạy các phép thử nhanh
	@$(VENV)/python -m pytest -n auto -m "not slow"

test-all: .venv/.ready ## Chạy mọi phép thử
	@$(VENV)/python -m pytest -n auto

bench: .venv/bench/.ready ## Đo tốc độ và bộ nhớ
	@$(VENV)/python -m benchmarks

# What only the naive scripts need stays out of the program's own environment.
.venv/bench/.ready: benchmarks/requirements.lock .venv/.ready
	@pip="$(VENV)/python -m pip"; $$pip --version >/dev/null 2>&1 || \
	  pip="$(PYTHON) -m pip --python $(VENV)/python"; \
	  $$pip install -qq --no-input --disable-pip-version-check --no-deps --require-hashes \
	  --only-binary :all: --upgrade --target .venv/bench -r $<
	@touch $@

lint: .venv/.ready ## Soát mã nguồn
	@$(VENV)/ruff format --check
	@$(VENV)/ruff check

lock: ## Khóa lại phiên bản thư viện (cần uv và mạng; nâng cấp: make lock UPGRADE=--upgrade)
	echo flit-core | uv pip compile pyproject.toml - --extra test $(UPGRADE) --quiet \
	  --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --output-file requirements.lock

clean: ## Xóa môi trường và bộ nhớ đệm, không đụng dữ liệu và kết quả
	rm -rf .venv/.ready .venv .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.ready: requirements.lock pyproject.toml
	@PYTHON="$(PYTHON)" .ci/setup

# The scripts in .venv name their own folder: after a move or a copy, build them again.
ifneq "$(file <.venv/.ready)" "$(CURDIR)"
.PHONY: .venv/.ready
endif
