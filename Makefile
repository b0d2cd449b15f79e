# Every target prepares the machine itself, once: see .ci/setup.
DATA ?= sample_data
OUTPUT ?= output
CYCLE ?=
CYCLES ?=
MONTH ?=
FOLDERS ?=
PERIOD ?=
FILE ?=
PYTHON ?= python3
VENV := .venv/bin
PYTEST := PYTHONPATH=.venv/tests $(VENV)/python -m pytest -n auto
RUFF := .venv/tests/bin/ruff
COMPILE = uv pip compile $(UPGRADE) --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-header
# What the program's own lock has already is left out of the others.
BESIDES = --constraint requirements.lock \
  $$(sed -nE 's/^([a-z0-9-]+)==.*/--no-emit-package \1/p' requirements.lock)
newest = $(or $(FILE),$(lastword $(sort $(wildcard $(OUTPUT)/*/$(1)))),$(error Chưa có $(1) trong $(OUTPUT): chạy make cycle trước))
DIRS := --data "$(DATA)" --output "$(OUTPUT)"

.PHONY: help setup cycle open urge check close verify sheets month review forms rollup status doctor test test-all bench pdf-check html-check gallery lint lock clean

# Printed from the targets' own comments.
help:
	@echo 'Cách dùng: make VIỆC [DATA=thư-mục-dữ-liệu] [OUTPUT=thư-mục-kết-quả] [CYCLE=2026-11-K1]'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

cycle: .venv/.ready ## Chạy một kỳ: đọc báo cáo, chấm điểm, in hồ sơ họp (CYCLE trống = kỳ mới nhất)
	@$(VENV)/sauro cycle $(CYCLE) $(DIRS)

open: .venv/.ready ## Mở kỳ mới: phát phiếu cho các đơn vị
	@$(VENV)/sauro open $(CYCLE) $(DIRS)

urge: .venv/.ready ## Đôn đốc trong kỳ: phiếu và tin nhắn cho đơn vị có việc quá hạn, sắp đến hạn
	@$(VENV)/sauro urge $(CYCLE) $(DIRS)

check: .venv/.ready ## Kiểm tra thử một phiếu: make check FILE=phieu.xlsx
	@$(VENV)/sauro check $(if $(FILE),"$(FILE)") $(DIRS)

close: .venv/.ready ## Khóa kỳ đã họp: cất bản chính thức, soạn bảng giao việc kỳ sau
	@$(VENV)/sauro close $(CYCLE) $(DIRS)

verify: .venv/.ready ## Soát các kỳ đã khóa: mất gì, đổi gì
	@$(VENV)/sauro verify $(CYCLE) $(DIRS)

sheets: .venv/.ready ## In phiếu cá nhân A5 của kỳ đã tổng hợp
	@$(VENV)/sauro sheets $(CYCLE) $(DIRS)

month: .venv/.ready ## Tổng hợp một tháng: make month MONTH=2026-11 (trống = tháng mới nhất đủ hai kỳ)
	@$(VENV)/sauro month $(MONTH) $(DIRS)

review: .venv/.ready ## In bản sơ kết bốn trang: make review CYCLES="2026-10-K1 2026-10-K2" (trống = sáu kỳ gần nhất)
	@$(VENV)/sauro review $(CYCLES) $(DIRS)

forms: .venv/.ready ## In Mẫu 01 của từng công chức cho tháng đã tổng hợp (MONTH như trên)
	@$(VENV)/sauro forms $(MONTH) $(DIRS)

rollup: .venv/.ready ## Cấp tỉnh: tổng hợp kho lưu trữ của nhiều xã: make rollup FOLDERS=thư-mục PERIOD=2026-11
	@if [ -d "$(FOLDERS)" ]; then set -- "$(FOLDERS)"; else set -- $(FOLDERS); fi; \
	  $(VENV)/sauro rollup "$$@" $(if $(PERIOD),--period $(PERIOD)) --output "$(OUTPUT)"

status: .venv/.ready ## Xem kỳ đang ở đâu, đơn vị nào đã nộp, chưa nộp
	@$(VENV)/sauro status $(CYCLE) $(DIRS)

doctor: ## Xem máy này có dùng được không, thiếu gì
	@"$(or $(wildcard $(VENV)/python),$(PYTHON))" pipeline/doctor.py "$(OUTPUT)" "$(DATA)"

setup: .venv/.ready ## Cài sẵn mọi thứ (các việc khác tự làm khi cần)

test: .venv/tests/.ready ## Chạy các phép thử nhanh
	@$(PYTEST) -m "not slow"

test-all: .venv/tests/.ready ## Chạy mọi phép thử
	@$(PYTEST)

bench: .venv/benchmarks/.ready .venv/tests/.ready ## Đo tốc độ và bộ nhớ
	@$(VENV)/python -m benchmarks

# What only tests and naive scripts need stays out of the program's own environment.
.venv/%/.ready: %/requirements.lock .venv/.ready
	@pip="$(VENV)/python -m pip"; $$pip --version >/dev/null 2>&1 || \
	  pip="$(PYTHON) -m pip --python $(VENV)/python"; \
	  $$pip install -qq --no-input --disable-pip-version-check --no-deps --require-hashes \
	  --only-binary :all: --upgrade --target .venv/$* -r $<
	@touch $@

pdf-check: .venv/tests/.ready ## Soát tệp PDF đã in: PDF/A, thẻ, phông, tệp kèm (FILE trống = hồ sơ họp mới nhất)
	@PYTHONPATH=.:.venv/tests $(VENV)/python -m tests.pdf_check \
	  $(call newest,ho-so-hop.pdf)

html-check: .venv/tests/browser/.ready ## Soát hồ sơ họp để đọc trên máy, bằng Chromium (FILE trống = hồ sơ mới nhất)
	@PYTHONPATH=.:.venv/tests/browser $(VENV)/python -m tests.html_check \
	  $(call newest,ho-so-hop.html)

gallery: .venv/tests/.ready ## Chụp từng trang in từ dữ liệu mẫu vào docs/gallery (cần poppler-utils, libreoffice-writer)
	@PYTHONPATH=.:.venv/tests $(VENV)/python docs/gallery.py

lint: .venv/tests/.ready ## Soát mã nguồn
	@$(RUFF) format --check
	@$(RUFF) check

lock: ## Khóa lại phiên bản thư viện (cần uv và mạng; nâng cấp: make lock UPGRADE=--upgrade)
	echo flit-core | $(COMPILE) pyproject.toml - --output-file requirements.lock
	$(COMPILE) pyproject.toml --extra test $(BESIDES) --output-file tests/requirements.lock
	$(COMPILE) tests/browser/requirements.in $(BESIDES) --output-file tests/browser/requirements.lock
	$(COMPILE) benchmarks/requirements.in $(BESIDES) --output-file benchmarks/requirements.lock

clean: ## Xóa môi trường và bộ nhớ đệm, không đụng dữ liệu và kết quả
	rm -rf .venv/.ready .venv .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.ready: requirements.lock pyproject.toml
	@PYTHON="$(PYTHON)" .ci/setup

# The scripts in .venv name their own folder: after a move or a copy, build them again.
ifneq "$(file <.venv/.ready)" "$(CURDIR)"
.PHONY: .venv/.ready
endif
