// Avro in the Confluent wire format: a zero byte, the schema's id in four bytes, the record.
import avro from 'avsc';

/** 64-bit numbers become JavaScript's, which hold every time, sequence and revision there will be. */
function typeOf(schema) {
  return avro.Type.forSchema(JSON.parse(schema), { wrapUnions: false });
}

export class Registry {
  #url;
  #types = new Map();

  constructor(url) {
    this.#url = url.replace(/\/$/, '');
  }

  async #get(path) {
    const answer = await fetch(this.#url + path);
    if (!answer.ok) {
      throw new Error(`${path}: HTTP ${answer.status} ${await answer.text()}`);
    }
    return answer.json();
  }

  async decode(value) {
    const id = value.readInt32BE(1);
    if (!this.#types.has(id)) {
      this.#types.set(id, typeOf((await this.#get(`/schemas/ids/${id}`)).schema));
    }
    return this.#types.get(id).fromBuffer(value.subarray(5));
  }

  /** With the schema that the registry has for the topic's values; fields that are not given have its defaults. */
  async encode(topic, fields) {
    const { id, schema } = await this.#get(`/subjects/${topic}-value/versions/latest`);
    const type = typeOf(schema);
    const unknown = Object.keys(fields).filter((name) => type.field(name) === undefined);
    if (unknown.length > 0) {
      throw new Error(`${topic} has no field ${unknown}`);
    }
    const head = Buffer.alloc(5);
    head.writeInt32BE(id, 1);
    return Buffer.concat([head, type.toBuffer(fields)]);
  }
}
