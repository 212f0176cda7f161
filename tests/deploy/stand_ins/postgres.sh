#!/bin/bash
# What the official image does with these variables.
set -eu
data=/var/lib/postgresql/data
password=${POSTGRES_PASSWORD:-$(cat "$POSTGRES_PASSWORD_FILE")}
if [ ! -e $data/PG_VERSION ]; then
  initdb -D $data -U "$POSTGRES_USER" --pwfile=<(printf '%s\n' "$password") --auth-local=trust --auth-host=scram-sha-256 -E UTF8 --locale=C.UTF-8
  echo "host all all all scram-sha-256" >> $data/pg_hba.conf
  # As the official image: a server that only this container reaches, until the database is there.
  pg_ctl -D $data -w -o "-c listen_addresses=" start
  createdb -U "$POSTGRES_USER" "$POSTGRES_DB"
  pg_ctl -D $data -w stop
fi
exec postgres -D $data -c listen_addresses='*'
