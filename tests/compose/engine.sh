# Finds a Docker engine for run.sh, or makes one of its own with stand-ins for the official images. Sourced by run.sh.
# Sets engine_kind (official, standins) and, for an engine of our own, DOCKER_HOST.

# What docker-compose.yml and our Dockerfile start from.
official_images() {
    { compose config --images | grep -v '^gtm-platform:'
      sed -n 's/^FROM \([^ ]*\).*/\1/p' "$root/deploy/images/Dockerfile"; } | sort -u
}

find_engine() {
    if [ -z "${GTM_COMPOSE_STANDINS:-}" ] && timeout 20 docker info >/dev/null 2>&1; then
        for image in $(official_images); do
            docker image inspect "$image" >/dev/null 2>&1 || timeout 600 docker pull -q "$image" ||
                fail "the engine that runs here has no image $image and cannot get it. Load it, or stop that engine:
    without one, and as root, the test starts an engine of its own with stand-ins."
        done
        engine_kind=official
        return
    fi
    own_engine
    engine_kind=standins
}

own_engine() {
    [ "$(id -u)" -eq 0 ] || fail "no Docker engine answers; to start one for this test takes root"
    [ -z "${GTM_COMPOSE_STANDINS:-}" ] || ! DOCKER_HOST='' timeout 20 docker info >/dev/null 2>&1 ||
        fail "an engine runs here already; two would share their firewall rules. Stop it first"
    install_engine
    say "an engine of our own"
    # The classic builder: what Debian's engine comes with.
    export DOCKER_HOST=unix://$work/docker.sock DOCKER_BUILDKIT=0
    dockerd --data-root "$work/data" --exec-root "$work/exec" --pidfile "$work/engine.pid" -H "$DOCKER_HOST" \
        >"$work/engine.log" 2>&1 &
    engine_pid=$!
    tries=120
    until docker info >/dev/null 2>&1; do
        tries=$((tries - 1))
        if [ "$tries" -eq 0 ] || ! kill -0 "$engine_pid" 2>/dev/null; then
            tail -n 20 "$work/engine.log" >&2
            fail "the engine does not start"
        fi
        sleep 0.5
    done
    build_standins
}

install_engine() {
    missing=
    command -v dockerd >/dev/null && command -v docker >/dev/null || missing="$missing docker.io"
    command -v debootstrap >/dev/null || missing="$missing debootstrap"
    command -v iptables >/dev/null || missing="$missing iptables"
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null || fail "missing:$missing"
    say "installing Debian packages:$missing"
    export DEBIAN_FRONTEND=noninteractive
    timeout 300 apt-get update -qq
    # shellcheck disable=SC2086 # a list of words
    timeout 600 apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

build_standins() {
    if ! docker image inspect standin/debian:bookworm >/dev/null 2>&1; then
        say "a Debian to build from (debootstrap)"
        rm -rf "$work/rootfs"
        timeout 900 debootstrap --variant=minbase \
            --include=ca-certificates,python3,python3-venv,python3-pip,curl bookworm "$work/rootfs" >"$work/debootstrap.log" 2>&1 ||
            { tail -n 20 "$work/debootstrap.log" >&2; fail "debootstrap failed"; }
        tar -C "$work/rootfs" --exclude='./var/cache/apt/archives/*.deb' --exclude='./var/lib/apt/lists/*' -c . |
            timeout 300 docker import - standin/debian:bookworm >/dev/null
        rm -rf "$work/rootfs"
    fi
    context=$work/standins
    rm -rf "$context"
    cp -R "$here/standins" "$context"
    # What the host trusts, the images trust.
    cp /etc/ssl/certs/ca-certificates.crt "$root/locks/store.txt" "$context"
    for name in python rabbitmq mongo prometheus; do
        image=$(official_images | grep -E "(^|/)$name:")
        say "stand-in for $image"
        timeout 900 docker build -q -t "$image" -f "$context/$name.Dockerfile" "$context" >"$work/build.log" 2>&1 ||
            { tail -n 20 "$work/build.log" >&2; fail "the stand-in for $image does not build"; }
    done
}

stop_engine() {
    [ -n "${engine_pid:-}" ] || return 0
    kill "$engine_pid" 2>/dev/null || return 0
    tries=60
    while kill -0 "$engine_pid" 2>/dev/null && [ "$tries" -gt 0 ]; do
        tries=$((tries - 1))
        sleep 0.5
    done
    if kill -0 "$engine_pid" 2>/dev/null; then
        kill -9 "$engine_pid"
        echo "the engine had to be killed"
    fi
}
