"""An audit consumer: tells every transition and checks that each record seals its cluster's record before it. With a cluster's
id it tells of that cluster alone, and ends when its run has.

    python3 examples/clients/python/audit.py BOOTSTRAP_SERVERS REGISTRY_URL [CLUSTER_ID]

Debian: apt-get install python3-confluent-kafka python3-avro
"""
import hashlib
import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from keyfold_avro import Registry

TOPIC = "cluster-encryption-audit"


def main(servers, registry_url, wanted=None):
    registry, seals = Registry(registry_url), {}
    consumer = Consumer({
        "bootstrap.servers": servers,
        "group.id": "keyfold-default-auditor-example",  # nothing is committed: it is only a name
        "enable.auto.commit": False,
        "isolation.level": "read_committed",
    })
    partitions = consumer.list_topics(TOPIC, timeout=10).topics[TOPIC].partitions
    consumer.assign([TopicPartition(TOPIC, number, OFFSET_BEGINNING) for number in partitions])
    while True:
        record = consumer.poll(1)
        if record is None or record.error():
            continue
        cluster = record.key().decode()
        if wanted not in (None, cluster):
            continue
        audit = registry.decode(record.value())
        # The first record of a cluster has no seal, nor has one that a first version wrote.
        previous = audit["previous_hash"]
        if previous is not None and cluster in seals and previous != seals[cluster]:
            sys.exit(f"{cluster} {audit['sequence']} DOES NOT SEAL THE RECORD BEFORE IT")
        # The first 128 bits over the Avro body: what follows the magic byte and the schema's id.
        seals[cluster] = hashlib.sha256(record.value()[5:]).digest()[:16]
        print(cluster, audit["sequence"], audit["event"], f"{audit['actor']}: {audit['message']}", flush=True)
        if wanted and audit["event"] == "RUN_ENDED":
            return


main(*sys.argv[1:])
