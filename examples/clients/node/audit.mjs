// An audit consumer: tells every transition and checks that each record seals its cluster's record before it. With a
// cluster's id it tells of that cluster alone, and ends when its run has.
//
//     npm install --prefix examples/clients/node
//     node examples/clients/node/audit.mjs BOOTSTRAP_SERVERS REGISTRY_URL [CLUSTER_ID]
import { createHash } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { Registry } from './keyfold_avro.mjs';

const TOPIC = 'cluster-encryption-audit';

const [servers, registryUrl, wanted] = process.argv.slice(2);
const kafka = new Kafka({ brokers: servers.split(','), logLevel: logLevel.ERROR });
const registry = new Registry(registryUrl);
const seals = new Map();

function end(line, code) {
  console.log(line);
  process.exit(code);
}

// kafkajs reads committed records only, unless told otherwise, and wants a group: a name of its own each time.
const consumer = kafka.consumer({ groupId: `keyfold-default-auditor-example-${process.pid}` });
consumer.on(consumer.events.CRASH, ({ payload }) => end(`${payload.error}`, 1));
await consumer.connect();
await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachMessage: async ({ message }) => {
    const cluster = message.key.toString();
    if (wanted !== undefined && wanted !== cluster) {
      return;
    }
    const audit = await registry.decode(message.value);
    // The first record of a cluster has no seal, nor has one that a first version wrote.
    if (audit.previous_hash && seals.has(cluster) && !seals.get(cluster).equals(audit.previous_hash)) {
      end(`${cluster} ${audit.sequence} DOES NOT SEAL THE RECORD BEFORE IT`, 1);
    }
    // The first 128 bits over the Avro body: what follows the magic byte and the schema's id.
    seals.set(cluster, createHash('sha256').update(message.value.subarray(5)).digest().subarray(0, 16));
    console.log(`${cluster} ${audit.sequence} ${audit.event} ${audit.actor}: ${audit.message}`);
    if (wanted !== undefined && audit.event === 'RUN_ENDED') {
      process.exit(0);
    }
  },
});
