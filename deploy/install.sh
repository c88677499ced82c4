#!/usr/bin/env bash
# Installs the Debian 12 packages that strowger needs and this machine lacks.
#
#   deploy/install.sh [--list] [build] [test] [fuzz] [demo] [bench]
#
# Without a group it means build. --list prints the packages and does nothing.
# With nothing missing it says nothing and takes a few milliseconds: apt is
# called only for packages that dpkg does not have. Works as root or with sudo.
#
# Packages that would start a service of their own (prometheus, kamailio) are
# unpacked into build/tools instead of installed: the tests want promtool, not
# a daemon on somebody's machine.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# -- what each group needs -----------------------------------------------------
declare -A packages=(
  [build]="g++ cmake ninja-build ccache mold pkg-config libcaf-dev
    libsofia-sip-ua-dev libyaml-dev libcpp-httplib-dev libcli11-dev
    libspdlog-dev nlohmann-json3-dev libsqlitecpp-dev libsqlite3-dev
    prometheus-cpp-dev libjemalloc-dev libpugixml-dev libssl-dev zlib1g-dev
    doctest-dev libgrpc++-dev libprotobuf-dev protobuf-compiler
    protobuf-compiler-grpc nodejs npm"
  [test]="python3 python3-grpcio python3-protobuf curl iproute2 openssl
    sip-tester sipsak baresip-core python3-jsonschema chromium libpcre3
    libreadline8"
  [fuzz]="clang libclang-rt-14-dev llvm"
  [demo]="curl iproute2 python3 python3-grpcio python3-protobuf"
  [bench]="libbenchmark-dev sip-tester curl iproute2 procps libpcre3
    libreadline8"
)
declare -A unpacked=([test]="prometheus kamailio" [bench]="kamailio")

# -- the command line ----------------------------------------------------------
list=false
groups=()
for word in "$@"; do
  if [[ $word == --list ]]; then
    list=true
  elif [[ -v packages[$word] ]]; then
    groups+=("$word")
  else
    echo "install.sh: unknown group '$word'; there are: ${!packages[*]}" >&2
    exit 2
  fi
done
((${#groups[@]})) || groups=(build)

wanted=() tools=()
for group in "${groups[@]}"; do
  read -ra more -d '' <<<"${packages[$group]}" || true
  wanted+=("${more[@]}")
  read -ra more <<<"${unpacked[$group]:-}"
  tools+=("${more[@]}")
done
if $list; then
  printf '%s\n' "${wanted[@]}" "${tools[@]}" | sort -u
  exit 0
fi

# -- what is missing -----------------------------------------------------------
if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "install.sh: this is not a Debian machine; please install what" \
    "--list prints" >&2
  exit 1
fi
have=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' \
  "${wanted[@]}" 2>/dev/null || true)
# Node comes from many places, and Debian's npm would conflict with theirs.
command -v node >/dev/null && have+=$'\ninstalled nodejs'
command -v npm >/dev/null && have+=$'\ninstalled npm'
missing=()
for package in "${wanted[@]}"; do
  [[ $'\n'$have$'\n' == *$'\n'"installed $package"$'\n'* ]] \
    || missing+=("$package")
done
absent=()
for tool in "${tools[@]}"; do
  case $tool in
    prometheus) command -v promtool >/dev/null && continue ;;
    *) command -v "$tool" >/dev/null && continue ;;
  esac
  [[ -d $root/build/tools/$tool ]] || absent+=("$tool")
done
((${#missing[@]} + ${#absent[@]})) || exit 0

# -- apt, quietly --------------------------------------------------------------
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# logged COMMAND...: its output is shown only if it fails.
logged() {
  "$@" >"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    echo "install.sh: failed: $*" >&2
    exit 1
  }
}

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "install.sh: neither root nor sudo; please have these installed:" \
      "${missing[*]} ${absent[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y
  -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)

logged "${apt[@]}" update
if ((${#missing[@]})); then
  echo "installing ${#missing[@]} packages: ${missing[*]}"
  logged "${apt[@]}" install --no-install-recommends "${missing[@]}"
fi

# -- tools without their services ----------------------------------------------
for tool in "${absent[@]}"; do
  echo "unpacking $tool into build/tools"
  mkdir -p "$root/build/tools"
  nest=$(mktemp -d "$root/build/tools/.new.XXXXXX")
  cd "$nest"
  logged apt-get -qq -o Acquire::Retries=3 -o APT::Sandbox::User=root \
    download "$tool"
  logged dpkg-deb -x ./*.deb tree
  cd "$root"
  mv "$nest/tree" "build/tools/$tool"
  rm -rf "$nest"
done
