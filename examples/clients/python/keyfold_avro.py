"""Avro in the Confluent wire format: a zero byte, the schema's id in four bytes, the record."""
import io
import json
import urllib.request

import avro.io
import avro.schema


class Registry:
    """What the registry has, asked for once."""

    def __init__(self, url):
        self.url = url.rstrip("/")
        self.schemas = {}

    def _get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def latest(self, topic):
        """The id and the schema that the topic's values are written with."""
        found = self._get(f"/subjects/{topic}-value/versions/latest")
        return found["id"], avro.schema.parse(found["schema"])

    def decode(self, value):
        schema_id = int.from_bytes(value[1:5], "big")
        if schema_id not in self.schemas:
            self.schemas[schema_id] = avro.schema.parse(self._get(f"/schemas/ids/{schema_id}")["schema"])
        return avro.io.DatumReader(self.schemas[schema_id]).read(avro.io.BinaryDecoder(io.BytesIO(value[5:])))

    def encode(self, topic, fields):
        """Fields that are not given have the schema's defaults."""
        schema_id, schema = self.latest(topic)
        record = {field.name: field.default for field in schema.fields if field.has_default}
        unknown = fields.keys() - record.keys()
        if unknown:
            raise ValueError(f"{topic} has no field {unknown}")
        value = io.BytesIO()
        value.write(b"\0" + schema_id.to_bytes(4, "big"))
        avro.io.DatumWriter(schema).write({**record, **fields}, avro.io.BinaryEncoder(value))
        return value.getvalue()
