#!/usr/bin/env bash
# ./gtm test compose: runs docker-compose.yml for real, drives the main job over HTTP, kills things, and cleans up.
#
# Where a Docker engine with the official images is at hand, it is used. Otherwise, as root on Debian, the official
# images are replaced by stand-ins made of Debian and Python packages, in an engine of our own that nothing else sees.
# Which were used is said. Every wait is bounded; whatever was started is stopped at the end, by its pid.
#
#   GTM_COMPOSE_WORK=FOLDER   works there and keeps it (images too), so that the next run is quicker
#   GTM_COMPOSE_STANDINS=1    stand-ins even where the official images are at hand
set -euo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
here=$root/tests/compose
if [ -n "${GTM_COMPOSE_WORK:-}" ]; then
    mkdir -p "$GTM_COMPOSE_WORK"
    work=$(CDPATH='' cd -- "$GTM_COMPOSE_WORK" && pwd -P)
else
    work=$(mktemp -d)
fi
. "$here/engine.sh"

say() { printf '\n== %s (%ss)\n' "$*" "$SECONDS"; }
fail() { printf 'tests/compose: %s\n' "$*" >&2; exit 1; }
compose() { timeout "${within:-300}" "$work/venv/bin/docker-compose" --project-directory "$root" "$@"; }

finish() {
    status=$?
    trap - EXIT
    if [ -n "${started:-}" ]; then
        if [ "$status" -ne 0 ]; then
            compose ps -a || true
            compose logs --no-color --tail 40 || true
        fi
        say "down -v"
        compose down -v --remove-orphans --timeout 20 >/dev/null 2>&1 || echo "down -v failed"
        left=$(docker ps -aq --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" | wc -l)
        [ "$left" -eq 0 ] || { echo "containers left behind: $left"; status=1; }
    fi
    stop_engine
    if [ -n "${GTM_COMPOSE_WORK:-}" ]; then rm -rf "$work/secrets"; else rm -rf "$work"; fi
    [ "$status" -ne 0 ] || say "done, engine: ${engine_kind:-none}"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

install_compose() {
    [ -x "$work/venv/bin/docker-compose" ] && return
    python3 -m venv "$work/venv"
    timeout 300 "$work/venv/bin/pip" --disable-pip-version-check --no-input -q install \
        --no-deps --require-hashes --only-binary :all: -r "$root/locks/compose.txt"
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# The rules, by the very promtool that would run them.
check_rules() {
    prometheus=$(compose config --images | grep '^prom/prometheus')
    promtool() {
        timeout 60 docker run --rm --network none -v "$root/deploy/prometheus:/rules:ro" --workdir /rules \
            --entrypoint promtool "$prometheus" "$@"
    }
    promtool check config prometheus.yml
    promtool check config gtm-node.yml
    promtool test rules alerts.test.yml alerts.days.test.yml
}

# Compose must refuse, not make up passwords.
refuses_without_secrets() {
    started=yes
    if GTM_SECRETS=$work/no-such-folder compose up -d --no-build mongo >/dev/null 2>&1; then
        fail "the store started without its secrets"
    fi
    compose down -v >/dev/null 2>&1
}

cd "$root"
say "Compose, from locks/compose.txt"
install_compose
# Without its profile named, `down` would leave Prometheus behind.
export COMPOSE_PROFILES=observe
export COMPOSE_PROJECT_NAME=gtmtest$$ COMPOSE_ANSI=never COMPOSE_PROGRESS=quiet GTM_SECRETS=$work/secrets
GTM_HTTP_PORT=$(free_port)
GTM_PROMETHEUS_PORT=$(free_port)
GTM_GRAFANA_PORT=$(free_port)
export GTM_HTTP_PORT GTM_PROMETHEUS_PORT GTM_GRAFANA_PORT

find_engine
say "engine: $engine_kind ($(docker version --format '{{.Server.Version}}'), $(compose version --short))"
deploy/make-secrets.sh >/dev/null
compose config -q

say "alert rules"
check_rules
say "without secrets nothing starts"
refuses_without_secrets

say "build our image"
within=900 compose build gateway
say "up"
services="actors meetings indicators notifications gateway prometheus"
[ "$engine_kind" = official ] && services="$services grafana"
started=yes
# shellcheck disable=SC2086 # a list of words
within=600 compose up -d --no-build --wait --wait-timeout 400 $services

say "the main job, and kills"
GTM_TEST_URL=http://127.0.0.1:$GTM_HTTP_PORT GTM_TEST_PROMETHEUS=http://127.0.0.1:$GTM_PROMETHEUS_PORT \
    GTM_TEST_COMPOSE=$work/venv/bin/docker-compose GTM_TEST_ENGINE=$engine_kind timeout 1200 python3 -B -m tests.compose.smoke

say "memory"
docker stats --no-stream --format 'table {{.Name}}\t{{.MemUsage}}' $(compose ps -q)
