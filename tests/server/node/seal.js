// A large file through the AWS Encryption SDK for JavaScript: sealed under two keys, opened with the second one of them,
// by discovery, and, sealed under a multi-Region key, with its replica. Prints the digests of what came out, as JSON.
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import {
  AwsKmsMrkAwareSymmetricDiscoveryKeyringNode,
  AwsKmsMrkAwareSymmetricKeyringNode,
  CommitmentPolicy,
  KmsKeyringNode,
  buildClient,
} from "@aws-crypto/client-node";
import { KMS } from "@aws-sdk/client-kms";

const [endpoint, file, account, first, second, replicated, elsewhere] = process.argv.slice(2);
const { encryptStream, decryptStream } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
const clientProvider = (region) => new KMS({ endpoint, region, maxAttempts: 1 });
const discoveryFilter = { accountIDs: [account], partition: "aws" };
const sealed = `${file}.sealed`;

async function seal(keyring) {
  const settings = { encryptionContext: { app: "größe" }, frameLength: 1024 * 1024 };
  await pipeline(createReadStream(file), encryptStream(keyring, settings), createWriteStream(sealed));
}

async function open(keyring) {
  const digest = createHash("sha256");
  await pipeline(createReadStream(sealed), decryptStream(keyring), digest);
  return digest.digest("hex");
}

await seal(new KmsKeyringNode({ generatorKeyId: first, keyIds: [second], clientProvider }));
const strict = await open(new KmsKeyringNode({ keyIds: [second], clientProvider }));
const discovered = await open(new KmsKeyringNode({ discovery: true, discoveryFilter, clientProvider }));

const client = clientProvider(replicated.split(":")[3]);
await seal(new AwsKmsMrkAwareSymmetricKeyringNode({ client, keyId: replicated }));
const there = new KMS({ endpoint, region: elsewhere, maxAttempts: 1 });
const replica = await open(new AwsKmsMrkAwareSymmetricDiscoveryKeyringNode({ client: there, discoveryFilter }));

process.stdout.write(JSON.stringify([strict, discovered, replica]));
