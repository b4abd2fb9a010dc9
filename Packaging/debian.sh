#!/usr/bin/env bash
# Makes packages for the release of Debian or Ubuntu on which it runs, for machines that have no Swift.
#
#   Packaging/debian.sh FOLDER-OF-THE-PROGRAMS OUTPUT-FOLDER
#
# The programs hold Swift's libraries themselves (`make deb` builds them so). What else they need is read
# from them: the packages of the libraries that they load, and the C library of which they use symbols.
set -euo pipefail

programs=$(cd "${1:?say where the programs are, such as .build/release}" && pwd)
output=$(mkdir -p "${2:?say where the packages shall lie}" && cd "$2" && pwd)
here=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
umask 022

version=$("$programs/cuaderno" --version)
version=${version##* }
architecture=$(dpkg --print-architecture)

# The packages of what a program loads by itself; what those load in turn, they name.
libraries() {
  local name path package
  objdump -p "$1" | awk '$1 == "NEEDED" { print $2 }' | while read -r name; do
    case $name in ld-linux*) continue ;; esac
    path=$(ldd "$1" | awk -v name="$name" '$1 == name { print $3 }')
    # Debian's /lib is /usr/lib since 2023, and dpkg may know a file by either name.
    package=$({ dpkg -S "$path" || dpkg -S "/usr$path" || dpkg -S "${path#/usr}"; } 2>/dev/null \
      | head -n 1 | cut -d : -f 1)
    if [ -z "$package" ]; then
      echo "$1 loads $name, which no package of Debian has: build it with 'make deb'." >&2
      exit 1
    fi
    echo "$package"
  done | sort -u
}

depends() {
  local needed symbols
  needed=$(libraries "$1")
  symbols=$(objdump -T "$1" | grep -o 'GLIBC_2\.[0-9]*' | sort -uV | tail -n 1)
  echo "$needed" | sed "s/^libc6\$/libc6 (>= ${symbols#GLIBC_})/" | paste -sd , | sed 's/,/, /g'
}

# Everything of one package that is the same for both.
begin() {
  local name=$1 root=$scratch/$1
  install -d "$root/DEBIAN" "$root/usr/bin" "$root/usr/share/doc/$name"
  install -m 755 "$programs/$name" "$root/usr/bin/$name"
  strip "$root/usr/bin/$name"
  install -m 644 "$here/LICENSE" "$root/usr/share/doc/$name/copyright"
  install -m 644 "$here/CHANGELOG.md" "$root/usr/share/doc/$name/CHANGELOG.md"
  local shell folder
  for shell in bash:bash-completion/completions/$name zsh:zsh/vendor-completions/_$name \
    fish:fish/vendor_completions.d/$name.fish; do
    folder=$root/usr/share/${shell#*:}
    install -d "$(dirname "$folder")"
    "$programs/$name" --generate-completion-script "${shell%%:*}" >"$folder"
  done
}

finish() {
  local name=$1 root=$scratch/$1 more=$2 summary=$3 text=$4
  cat >"$root/DEBIAN/control" <<END
Package: $name
Version: $version
Architecture: $architecture
Maintainer: The Cuaderno authors <maintainers@users.noreply.github.com>
Section: science
Priority: optional
Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f 1)
Depends: $(depends "$root/usr/bin/$name")$more
Description: $summary
 $text
END
  dpkg-deb --root-owner-group --build "$root" "$output/${name}_${version}_$architecture.deb"
}

begin cuaderno
install -m 644 "$here"/docs/guide/{researchers,formats,other-programs}.md \
  "$scratch/cuaderno/usr/share/doc/cuaderno/"
finish cuaderno '' 'field notebook for interview research' \
  'Interviews, notes, places and coded themes, with no network for weeks, and nothing lost when the
 notebooks of a team meet.'

begin cuaderno-server
root=$scratch/cuaderno-server
install -m 644 "$here/docs/guide/server.md" "$root/usr/share/doc/cuaderno-server/"
install -d "$root/etc" "$root/usr/lib/systemd/system"
install -m 640 "$here/Server/systemd/cuaderno-server.conf" "$root/etc/"
sed 's#/usr/local/bin/#/usr/bin/#' "$here/Server/systemd/cuaderno-server.service" \
  >"$root/usr/lib/systemd/system/cuaderno-server.service"
echo /etc/cuaderno-server.conf >"$root/DEBIAN/conffiles"
for script in postinst prerm; do
  install -m 755 "$here/Packaging/cuaderno-server.$script" "$root/DEBIAN/$script"
done
finish cuaderno-server ', passwd' "hub of a team's field notebooks" \
  "Merges what the notebooks of a team send, field by field, and cannot read a note."
