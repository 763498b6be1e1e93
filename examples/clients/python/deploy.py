"""An orchestrator: asks for a cluster's encryption and follows what becomes of it.

    python3 examples/clients/python/deploy.py BOOTSTRAP_SERVERS REGISTRY_URL CLUSTER_PREFIX

Debian: apt-get install python3-confluent-kafka python3-avro
"""
import datetime
import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from keyfold_avro import Registry

REQUESTS, STATUS, AUDIT = "cluster-deploy-requested", "cluster-encryption-status", "cluster-encryption-audit"
ENDS = {"COMPLETED", "FAILED", "CANCELLED", "REJECTED", "COMPENSATION_FAILED", "KEY_IN_USE"}


def follower(servers):
    """Statuses from the beginning, the audit from here on; no commits, so the group is only a name."""
    consumer = Consumer({
        "bootstrap.servers": servers,
        "group.id": "keyfold-default-orchestrator-example",
        "enable.auto.commit": False,
        "isolation.level": "read_committed",
    })
    topics = consumer.list_topics(timeout=10).topics
    places = [TopicPartition(STATUS, number, OFFSET_BEGINNING) for number in topics[STATUS].partitions]
    for number in topics[AUDIT].partitions:
        # Found out now, before anything is asked.
        _, end = consumer.get_watermark_offsets(TopicPartition(AUDIT, number), timeout=10)
        places.append(TopicPartition(AUDIT, number, end))
    consumer.assign(places)
    return consumer


def publish(servers, key, value):
    # Java's clients place keys by murmur2; librdkafka by itself does not.
    producer = Producer({"bootstrap.servers": servers, "acks": "all", "partitioner": "murmur2_random"})
    failures = []
    producer.produce(REQUESTS, key=key, value=value, on_delivery=lambda error, _: failures.append(error))
    producer.flush(30)
    if failures != [None]:
        sys.exit(f"not published: {failures}")


def main(servers, registry_url, prefix):
    registry, consumer = Registry(registry_url), follower(servers)
    cluster, request_id = f"default/{prefix}", f"python-{prefix}"  # sent again, the id has no further effect
    publish(servers, cluster, registry.encode(REQUESTS, {
        "request_id": request_id,
        "cluster_prefix": prefix,
        "region": "us-south",
        "requested_by": "examples/clients/python",
        "requested_at": datetime.datetime.now(datetime.timezone.utc),
    }))
    while True:
        record = consumer.poll(1)
        if record is None or record.error() or record.key() != cluster.encode():
            continue
        value = registry.decode(record.value())
        if record.topic() == AUDIT:
            # A refusal stands in the audit and nowhere else: it changes nothing, so there is no status of it.
            if value["event"] == "REQUEST_REFUSED" and value["request_id"] == request_id:
                sys.exit(f"REFUSED {value['code']}: {value['message']}")
            continue
        run = value["last_run"]
        if run and run["request_id"] == request_id:
            print(f"{run['state']} {value['standing']}: {run['message']}", flush=True)
            for violation in run["violations"]:  # of a request that was rejected
                print(violation)
            if run["state"] in ENDS:
                sys.exit(0 if run["state"] == "COMPLETED" else 1)


main(*sys.argv[1:])
