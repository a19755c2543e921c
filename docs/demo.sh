#!/usr/bin/env bash
# The main job, on a real file, in a throw-away vault. Every command is printed before it runs, to be copied.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
letter=$(cd "$(dirname "$0")/.." && pwd)/LICENSE
cd "$folder"
export HOME=$folder AWS_CONFIG_FILE=/dev/null
unset "${!KMSCLI_@}" "${!XDG_@}" AWS_PROFILE AWS_REGION AWS_DEFAULT_REGION AWS_ACCESS_KEY_ID AWS_ENDPOINT_URL_KMS || true

say() { printf '\n\033[1m# %s\033[0m\n' "$1"; }
run() { printf '$ %s\n' "$1"; eval "$1"; }

say "A KMS key, and a name for it. The first one makes a vault, and a key file in another folder"
run "kmscli create-key --description 'Demonstration' --query KeyMetadata.KeyId --output text | tee key-id"
run "kmscli create-alias --alias-name alias/demo --target-key-id \$(cat key-id)"

say "Encrypt a real file"
run "head -c 4096 '$letter' > letter.txt"
run "kmscli encrypt --key-id alias/demo --plaintext fileb://letter.txt --encryption-context file=letter --ciphertext-out letter.encrypted --query KeyId"

say "Decrypt it, and compare"
run "kmscli decrypt --ciphertext-blob fileb://letter.encrypted --encryption-context file=letter --plaintext-out letter.decrypted --query KeyId"
run "cmp letter.txt letter.decrypted && echo 'the same, byte for byte'"

say "With another encryption context it does not open"
run "kmscli decrypt --ciphertext-blob fileb://letter.encrypted --encryption-context file=other || echo \"exit code \$?\""

say "Rotate: new key material, and the old ciphertext still opens"
run "kmscli rotate-key-on-demand --key-id \$(cat key-id)"
run "kmscli list-key-rotations --key-id \$(cat key-id) --output text"
run "kmscli decrypt --ciphertext-blob fileb://letter.encrypted --encryption-context file=letter --plaintext-out - | cmp letter.txt - && echo 'the same, byte for byte'"

say "Every call left its event in the audit trail, the refused one too"
run "kmscli audit replay"
run "kmscli audit verify"
