// Figures as text. It only prints: nothing here decides whether a run was good.
const number = (value, digits = 1) => (Number.isFinite(value) ? value.toFixed(digits) : '–');

function table(head, rows) {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...lines.map((row) => row[column].length)));
  const text = lines.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
  );
  return text.map((line) => `  ${line}`).join('\n');
}

const apart = new Set(['razorpay-sandbox', 'load generator']);
const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);

/** Node CPU per order of the platform proper: without sandbox and load generator. */
export function platformCpuMs({ cpuMs }) {
  return sum(
    Object.entries(cpuMs)
      .filter(([name]) => !apart.has(name))
      .map(([, ms]) => ms),
  );
}

export const statementsOf = ({ sql }) => sum(Object.values(sql).map(({ statements }) => statements ?? 0));

export function purchasesText(title, result) {
  const { usage, orders } = result;
  const parts = [`\n${title}`];
  if (result.failures > 0)
    parts.push(`  FAILED: ${result.failures} purchases, for example\n    ${result.shownFailures.join('\n    ')}`);
  parts.push(`  ${orders} orders accepted in ${number(result.seconds)} s: ${number(result.acceptedPerSecond)}/s`);
  if (result.finishedPerSecond !== undefined) {
    parts.push(
      `  paid, with the commission locked within the window: ${number(result.finishedPerSecond)} orders/s` +
        ` (${result.locked} of ${orders} in the end, the last ${number(result.drainMs / 1_000)} s after the load; orders now ${JSON.stringify(result.orderStatuses)})`,
    );
  }
  const timings = Object.entries({
    ...result.calls,
    ...(result.webhookToCommissionMs === undefined
      ? {}
      : { 'webhook → commission locked': result.webhookToCommissionMs }),
  });
  parts.push(
    table(
      ['ms', 'p50', 'p95', 'p99'],
      timings.map(([name, p]) => [name, number(p.p50), number(p.p95), number(p.p99)]),
    ),
  );
  parts.push(cpuText(usage, orders), sqlText(usage, orders), loadText(result));
  return parts.join('\n');
}

function cpuText({ cpuMs, ...usage }, orders, unit = 'order') {
  const rows = Object.entries(cpuMs).filter(([name]) => !apart.has(name));
  const others = [...Object.entries(cpuMs).filter(([name]) => apart.has(name)), ...Object.entries(usage.servers)];
  return table(
    [`CPU ms per ${unit}`, ''],
    [
      ...rows.map(([name, ms]) => [name, number(ms / orders, 2)]),
      ['= gateway and services', number(platformCpuMs({ cpuMs }) / orders, 2)],
      ...others.map(([name, ms]) => [`apart: ${name}`, number(ms / orders, 2)]),
    ],
  );
}

function sqlText(usage, orders) {
  const rows = Object.entries(usage.sql).filter(([, counts]) => counts.statements > 0);
  const per = (key, from = rows) => number(sum(from.map(([, counts]) => counts[key])) / orders, 2);
  return table(
    ['SQL per order', 'statements', 'begin', 'commit', 'rollback'],
    [
      ...rows.map((row) => [row[0], ...['statements', 'begins', 'commits', 'rollbacks'].map((key) => per(key, [row]))]),
      ['= all databases', ...['statements', 'begins', 'commits', 'rollbacks'].map((key) => per(key))],
    ],
  );
}

const loadText = ({ usage, referenceUs }) =>
  `  Others kept ${number(usage.othersBusyCores, 2)} cores busy meanwhile; the reference work took ${number(referenceUs)} µs before it.`;

export function readsText(results) {
  const rows = results.map(({ name, service, usage, requests, referenceUs, ...result }) => [
    name,
    number(result.perSecond, 0),
    number(result.p50, 2),
    number(result.p95, 2),
    number((usage.cpuMs.gateway / requests) * 1_000, 0),
    number((usage.cpuMs[service] / requests) * 1_000, 0),
    number((usage.cpuMs['load generator'] / requests) * 1_000, 0),
    number(statementsOf(usage) / requests, 3),
    String(result.refused),
    number(usage.othersBusyCores, 2),
    number(referenceUs),
  ]);
  const head = [
    'reads',
    'per s',
    'p50 ms',
    'p95 ms',
    'gateway µs',
    'service µs',
    'client µs',
    'SQL',
    'refused',
    'others, cores',
    'reference µs',
  ];
  return `\nReads through the gateway\n${table(head, rows)}`;
}

export function floorText(floor, full) {
  const rows = [
    [
      'orders/s',
      number(full.finishedPerSecond),
      number(floor.ordersPerSecond),
      number(floor.ordersPerSecond / full.finishedPerSecond),
    ],
    [
      'Node CPU ms per order',
      number(platformCpuMs(full.usage) / full.orders, 2),
      number(floor.cpuMsPerOrder, 2),
      number(platformCpuMs(full.usage) / full.orders / floor.cpuMsPerOrder),
    ],
  ];
  return [
    `\nThe floor: the SQL of ${floor.orders} purchases, recorded (${number(floor.statementsPerOrder)} statements and ${number(floor.transactionsPerOrder)} transactions an order) and sent again by bare pg in one process`,
    table(['', 'platform', 'floor', 'ratio'], rows),
    `  ${floor.failed} of ${floor.units} units failed when sent again${floor.failed === 0 ? '' : `, for example: ${floor.shownFailures[0]}`}.`,
  ].join('\n');
}

export function lastUnitsText({ buyers, units, answers, wrong, p50, p95, p99, seconds, usage, referenceUs }) {
  const lines = [
    `\n${buyers} buyers at once for the last ${units} units: ${JSON.stringify(answers)} in ${number(seconds)} s`,
    ...wrong.map((one) => `  WRONG: ${one}`),
    table(['ms', 'p50', 'p95', 'p99'], [['POST /orders', number(p50), number(p95), number(p99)]]),
    cpuText(usage, buyers, 'buyer'),
    loadText({ usage, referenceUs }),
  ];
  return lines.join('\n');
}
