// What a program on the AWS SDK for JavaScript does with a key. Prints what came of it, as JSON.
import {
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  KMSClient,
  KMSServiceException,
  SignCommand,
  VerifyCommand,
  paginateListKeys,
} from "@aws-sdk/client-kms";
import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";

const [endpoint, role] = process.argv.slice(2);
const settings = { endpoint, region: "us-east-1", maxAttempts: 1 };
const kms = new KMSClient(settings);

const made = await kms.send(new CreateKeyCommand({ Tags: [{ TagKey: "team", TagValue: "größe" }] }));
const KeyId = made.KeyMetadata.KeyId;
const EncryptionContext = { app: "größe" };
const Plaintext = new Uint8Array([0, 1, 254, 255]);
const encrypted = await kms.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext }));
const { CiphertextBlob } = encrypted;
const decrypted = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));

const pair = await kms.send(new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }));
const signing = { KeyId: pair.KeyMetadata.KeyId, Message: Plaintext, SigningAlgorithm: "ECDSA_SHA_256" };
const { Signature } = await kms.send(new SignCommand(signing));
const verified = await kms.send(new VerifyCommand({ ...signing, Signature }));

const keys = [];
for await (const page of paginateListKeys({ client: kms, pageSize: 1 }, {})) {
  keys.push(...page.Keys.map((key) => key.KeyId));
}

async function refusal(client, command) {
  try {
    await client.send(command);
    return "none";
  } catch (error) {
    const known = error instanceof KMSServiceException;
    return { known, name: error.name, message: error.message, status: error.$metadata.httpStatusCode };
  }
}

const credentials = fromTemporaryCredentials({
  params: { RoleArn: role, RoleSessionName: "node" },
  clientConfig: settings,
});
const assumed = new KMSClient({ ...settings, credentials });

const answer = {
  created: made.KeyMetadata.CreationDate instanceof Date,
  decrypted: Array.from(decrypted.Plaintext),
  verified: verified.SignatureValid,
  listed: keys.includes(KeyId) && keys.includes(pair.KeyMetadata.KeyId),
  refused: await refusal(kms, new DescribeKeyCommand({ KeyId: "alias/none" })),
  assumed: await refusal(assumed, new DescribeKeyCommand({ KeyId })),
};
process.stdout.write(JSON.stringify(answer));
