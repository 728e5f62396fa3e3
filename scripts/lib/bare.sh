# shellcheck shell=bash
# Sourced from the root of the repository, by what tries how the repository does on a machine that has little.
#
#   in_bare_clone COMMAND …     runs a command in a clone of what is committed here, made at the first call
#   remove_bare_clone           removes that clone; so does the end of the script
#
# The command's PATH has Python, Git and the tools that the scripts call, whatever else is installed; its HOME is new,
# and its environment has nothing more than what pip needs to find its packages.

source scripts/lib/setup.sh

BARE_TOOLS=(bash sh env git cat chmod cksum cp dirname id ln ls mkdir mktemp mv rm touch uname)
# Settings of pip, and how programs get through to an index: certificates and proxies.
REACHING='^(PIP_|SSL_CERT_)|^(REQUESTS|CURL)_CA_BUNDLE$|^((https?|all|no)_proxy|(HTTPS?|ALL|NO)_PROXY)$'
bare=

in_bare_clone() {
    local settings=() name own=${XDG_CONFIG_HOME:-$HOME/.config}/pip/pip.conf
    if [[ -z $bare ]]; then make_bare_clone; fi
    for name in $(compgen -e); do
        if [[ $name =~ $REACHING ]]; then settings+=("$name=${!name}"); fi
    done
    if [[ -z ${PIP_CONFIG_FILE:-} && -f $own ]]; then settings+=("PIP_CONFIG_FILE=$own"); fi
    say "── $* in a bare clone ──"
    (CDPATH='' cd "$bare/clone" && env -i PATH="$bare/bin" HOME="$bare/home" ${settings[@]+"${settings[@]}"} "$@")
}

make_bare_clone() {
    local tool python
    python=$(find_python) || die "Python 3.11 or newer is needed, and none was found on the PATH"
    bare=$(mktemp -d)
    trap remove_bare_clone EXIT
    mkdir "$bare/bin" "$bare/home"
    for tool in "${BARE_TOOLS[@]}"; do ln -s "$(command -v "$tool")" "$bare/bin/$tool"; done
    # Not a link: Python finds its library from where it is itself.
    printf '#!%s\nexec %q "$@"\n' "$(command -v bash)" "$python" >"$bare/bin/python3"
    chmod +x "$bare/bin/python3"
    git clone --quiet . "$bare/clone"
}

remove_bare_clone() {
    if [[ -n $bare ]]; then rm -rf "$bare"; fi
    bare=
}
