#!/bin/sh
# scripts/setup-env.sh [--force] [--sandbox]   writes the .env of every service, of the gateway and of docker compose.
#
# Each comes from the .env.example beside it, with generated secrets that agree with each other. A .env that exists is left
# alone, and what is missing gets the secrets that the existing ones hold; --force writes all of them anew.
# --sandbox sets payments up for the Razorpay sandbox of this repository instead of leaving its keys to fill in.
# DATABASE_ADMIN_URL and RABBITMQ_URL, where the environment has them, replace the addresses of the examples.
set -eu

if ! command -v node >/dev/null 2>&1; then
  echo 'setup-env.sh needs Node.js 20.19 or later.' >&2
  exit 1
fi
exec node "$(dirname "$0")/lib/write-env-files.mjs" "$@"
