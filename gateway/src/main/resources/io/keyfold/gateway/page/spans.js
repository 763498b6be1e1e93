// Reads files of OTLP's JSON: one export, or one on each line. Times become milliseconds from the trace's begin.

const FAILED = 2;
const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

/** Every trace in a text, the longest first: {id, spans, begin, length, services, root}. */
export function read(text) {
  const traces = new Map();
  for (const sent of exports(text)) {
    for (const resource of sent.resourceSpans ?? []) {
      const service = attributes(resource.resource?.attributes).get('service.name') ?? 'unknown';
      for (const scope of resource.scopeSpans ?? []) {
        (scope.spans ?? []).forEach(span => add(traces, service, span));
      }
    }
  }
  return [...traces.values()].map(whole).sort((a, b) => b.spans.length - a.spans.length || a.id.localeCompare(b.id));
}

function exports(text) {
  const lines = text.split('\n').filter(line => line.trim());
  try {
    return lines.map(line => JSON.parse(line));
  } catch (e) {
    if (lines.length < 2) {
      throw e;
    }
    return [JSON.parse(text)];
  }
}

/** Of a span that was sent twice, the first counts. */
function add(traces, service, span) {
  const trace = traces.get(span.traceId) ?? {id: span.traceId, byId: new Map()};
  traces.set(span.traceId, trace);
  if (!trace.byId.has(span.spanId)) {
    trace.byId.set(span.spanId, {
      id: span.spanId,
      parent: span.parentSpanId || '',
      name: span.name,
      kind: KINDS[span.kind] ?? '',
      service,
      from: BigInt(span.startTimeUnixNano),
      to: BigInt(span.endTimeUnixNano),
      failed: span.status?.code === FAILED,
      why: span.status?.message ?? '',
      attributes: attributes(span.attributes),
      links: (span.links ?? []).map(link => `${link.traceId} ${link.spanId}`),
      children: [],
    });
  }
}

function attributes(list) {
  return new Map((list ?? []).map(each => [each.key, String(Object.values(each.value ?? {})[0] ?? '')]));
}

function whole({id, byId}) {
  const spans = [...byId.values()];
  const begin = spans.reduce((least, span) => span.from < least ? span.from : least, spans[0].from);
  const end = spans.reduce((most, span) => span.to > most ? span.to : most, spans[0].to);
  for (const span of spans) {
    span.begin = Number(span.from - begin) / 1e6;
    span.length = Number(span.to - span.from) / 1e6;
    byId.get(span.parent)?.children.push(span);
  }
  const roots = spans.filter(span => !byId.has(span.parent));
  const inOrder = [];
  sorted(roots).forEach(root => walk(root, 1, inOrder));
  return {
    id, spans: inOrder, begin: new Date(Number(begin / 1000000n)), length: Number(end - begin) / 1e6,
    services: [...new Set(inOrder.map(span => span.service))].sort(),
    run: spans.find(span => span.name.startsWith('run ')) ?? inOrder[0],
  };
}

const sorted = spans => spans.sort((a, b) => a.begin - b.begin || b.length - a.length || a.name.localeCompare(b.name));

function walk(span, level, inOrder) {
  span.level = level;
  inOrder.push(span);
  sorted(span.children).forEach(child => walk(child, level + 1, inOrder));
}

/** "4.2 ms", "1.35 s", "2 min 5 s". */
export function duration(ms) {
  if (ms < 1000) {
    return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
  }
  const seconds = ms / 1000;
  return seconds < 60 ? `${seconds.toFixed(2)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
