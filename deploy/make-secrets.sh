#!/bin/sh
# Makes the secrets that docker-compose.yml wants, at random, one a file; what is there already stays as it is.
# To change one: delete its file, run this again, then `docker compose up -d --force-recreate` (docs/deployment.md).
#
# The folder is private to its owner (0700). The files in it are 0444, because a container sees them with the modes
# they have here, and each container runs as another user; nobody reaches them but through the folder.
set -eu
LC_ALL=C
export LC_ALL

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
folder=${GTM_SECRETS:-$here/secrets}
node=${GTM_NODE:-central}
# Each has accounts of its own, at the broker and in the store.
processes='actors meetings indicators notifications gateway'

random() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }

# Hexadecimal digits to bytes, by octal escapes: the only ones that every printf knows.
bytes() {
    printf '%s' "$1" | sed 's/../& /g' | tr ' ' '\n' | while read -r pair || [ -n "$pair" ]; do
        [ -z "$pair" ] || printf "\\$(printf '%03o' "0x$pair")"
    done
}

# Written aside and moved into place: an interrupted run leaves no half secret.
put() {
    cat > "$folder/.$1.new"
    chmod 0444 "$folder/.$1.new"
    mv -f "$folder/.$1.new" "$folder/$1"
}

# Only what is missing is made.
make() {
    if [ -e "$folder/$1" ]; then
        cat > /dev/null
    else
        put "$1"
        printf '  %s\n' "$1"
    fi
}

# RabbitMQ keeps base64(salt + sha256(salt + password)): the broker's container never sees the password.
hash_of() {
    password=$(sed 's|^[a-z]*://[^:]*:\([^@]*\)@.*|\1|' "$folder/amqp_uri_$1")
    salt=$(random 4)
    digest=$({ bytes "$salt"; printf '%s' "$password"; } | sha256sum | cut -d ' ' -f 1)
    bytes "$salt$digest" | base64 | tr -d '\n'
}

# What each account may do stands in the template (docs/security.md).
definitions() {
    script="s|@NODE@|$node|g"
    for process in $processes; do
        script="$script;s|@HASH_$process@|$(hash_of "$process")|g"
    done
    sed -e "$script" "$here/rabbitmq/definitions.template.json"
}

umask 077
mkdir -p "$folder"
chmod 0700 "$folder"
printf 'Secrets in / dans %s :\n' "$folder"

random 24 | make admin_password
for process in $processes; do
    printf 'amqp://%s.%s:%s@rabbitmq:5672/gtm' "$node" "$process" "$(random 24)" | make "amqp_uri_$process"
    printf 'mongodb://%s:%s@mongo:27017/?directConnection=true&authSource=admin' "$process" "$(random 24)" |
        make "mongo_uri_$process"
done
# Of releases in which all processes had the same account.
rm -f "$folder/amqp_uri" "$folder/mongo_uri"
random 24 | make mongo_root_password
random 378 | make mongo_keyfile
random 24 | make grafana_password
# Empty: mails are kept as files. Put smtp://user:password@host:587 in it to send them.
printf '' | make smtp_url
# Always made anew: it follows the amqp_uri_*.
definitions | put rabbitmq_definitions.json

cat <<END
Le premier compte est « admin » ; son mot de passe : cat $folder/admin_password
The first account is "admin"; its password: cat $folder/admin_password
END
