// An orchestrator: asks for a cluster's encryption and follows what becomes of it.
//
//     npm install --prefix examples/clients/node
//     node examples/clients/node/deploy.mjs BOOTSTRAP_SERVERS REGISTRY_URL CLUSTER_PREFIX
import { Kafka, Partitioners, logLevel } from 'kafkajs';
import { Registry } from './keyfold_avro.mjs';

const REQUESTS = 'cluster-deploy-requested';
const STATUS = 'cluster-encryption-status';
const AUDIT = 'cluster-encryption-audit';
const ENDS = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'REJECTED', 'COMPENSATION_FAILED', 'KEY_IN_USE']);

const [servers, registryUrl, prefix] = process.argv.slice(2);
const cluster = `default/${prefix}`;
const requestId = `node-${prefix}`; // sent again, it has no further effect
const kafka = new Kafka({ brokers: servers.split(','), logLevel: logLevel.ERROR });
const registry = new Registry(registryUrl);

async function publish(request) {
  // As Java's clients place keys.
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({
    topic: REQUESTS, acks: -1, messages: [{ key: cluster, value: await registry.encode(REQUESTS, request) }],
  });
  await producer.disconnect();
}

function end(line, code) {
  console.log(line);
  process.exit(code);
}

function look(topic, value) {
  // A refusal stands in the audit and nowhere else: it changes nothing, so there is no status of it.
  if (topic === AUDIT && value.event === 'REQUEST_REFUSED' && value.request_id === requestId) {
    end(`REFUSED ${value.code}: ${value.message}`, 1);
  }
  const run = topic === STATUS ? value.last_run : null;
  if (run?.request_id === requestId) {
    const line = [`${run.state} ${value.standing}: ${run.message}`, ...run.violations].join('\n');
    ENDS.has(run.state) ? end(line, run.state === 'COMPLETED' ? 0 : 1) : console.log(line);
  }
}

const admin = kafka.admin();
await admin.connect();
const ends = await admin.fetchTopicOffsets(AUDIT); // before anything is asked
await admin.disconnect();

// kafkajs wants a group; a name of its own each time, since whoever follows one request has nothing to share.
const consumer = kafka.consumer({ groupId: `keyfold-default-orchestrator-${requestId}-${process.pid}` });
consumer.on(consumer.events.CRASH, ({ payload }) => end(`${payload.error}`, 1));
await consumer.connect();
await consumer.subscribe({ topics: [STATUS, AUDIT], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachMessage: async ({ topic, message }) => {
    if (message.key?.toString() === cluster) {
      look(topic, await registry.decode(message.value));
    }
  },
});
ends.forEach(({ partition, offset }) => consumer.seek({ topic: AUDIT, partition, offset }));

await publish({
  request_id: requestId,
  cluster_prefix: prefix,
  region: 'us-south',
  requested_by: 'examples/clients/node',
  requested_at: Date.now(),
});
