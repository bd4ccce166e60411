// What processes have used so far: CPU from /proc where there is one, SQL from each service's /metrics.
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';

const TICK_MS = 10; // USER_HZ is 100 on every Linux that Node runs on.
const hasProc = process.platform === 'linux';

const statOf = (pid) =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
    .map(Number);

/** User and system time of a process and all its threads. */
export function cpuMsOf(pid) {
  const fields = statOf(pid);
  return (fields[11] + fields[12]) * TICK_MS;
}

function processes() {
  if (!hasProc) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const comm = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
        const title = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ comm, title, cpuMs: cpuMsOf(pid) }];
      } catch {
        return []; // It ended while we looked.
      }
    });
}

const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);

/**
 * PostgreSQL names each connection's database in the title of its process, so the benchmark's own share can be told.
 * The log writer, the checkpointer and RabbitMQ serve everybody on the machine.
 */
function serverUsage() {
  const all = processes();
  const ofPostgres = all.filter(({ comm }) => comm.startsWith('postgres'));
  const isOurs = ({ title }) => / bench_\w+ /.test(title);
  const isShared = ({ title }) => /wal ?writer|checkpointer|background writer/.test(title);
  return {
    'postgres (its own connections)': sum(ofPostgres.filter(isOurs).map(({ cpuMs }) => cpuMs)),
    'postgres (WAL, checkpoints; shared)': sum(ofPostgres.filter(isShared).map(({ cpuMs }) => cpuMs)),
    'rabbitmq (shared)': sum(all.filter(({ comm }) => comm === 'beam.smp').map(({ cpuMs }) => cpuMs)),
  };
}

const machineBusyMs = () => sum(os.cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq));

async function metricsOf(process_) {
  const response = await fetch(process_.healthUrl.replace('/health/ready', '/metrics')).catch(() => undefined);
  const text = response?.ok ? await response.text() : '';
  const value = (series) => {
    const line = text.split('\n').find((one) => one.startsWith(`${series} `));
    return line === undefined ? 0 : Number(line.slice(series.length + 1));
  };
  return {
    cpuMs: value('process_cpu_seconds_total') * 1_000,
    statements: value('db_statements_total'),
    begins: value('db_transactions_total{kind="begin"}'),
    commits: value('db_transactions_total{kind="commit"}'),
    rollbacks: value('db_transactions_total{kind="rollback"}'),
  };
}

/** @param {{ name: string, pid: number, healthUrl?: string }[]} watched platform processes, and the load generator's */
export async function readUsage(watched) {
  const sqlBefore = await Promise.all(
    watched.map(async (process_) => [process_.name, process_.healthUrl === undefined ? {} : await metricsOf(process_)]),
  );
  const cpu = watched.map(({ name, pid }, index) => [name, hasProc ? cpuMsOf(pid) : (sqlBefore[index][1].cpuMs ?? 0)]);
  return {
    atMs: Date.now(),
    machineBusyMs: machineBusyMs(),
    cpuMs: Object.fromEntries(cpu),
    servers: hasProc ? serverUsage() : {},
    sql: Object.fromEntries(sqlBefore.map(([name, { cpuMs: _, ...counts }]) => [name, counts])),
  };
}

const minus = (after, before) =>
  Object.fromEntries(Object.entries(after).map(([key, value]) => [key, value - (before[key] ?? 0)]));

/** What was used between two readings. `othersBusy`: cores that somebody else on the machine kept busy. */
export function usageBetween(before, after) {
  const elapsedMs = after.atMs - before.atMs;
  const cpuMs = minus(after.cpuMs, before.cpuMs);
  const servers = minus(after.servers, before.servers);
  const ours = sum(Object.values(cpuMs)) + sum(Object.values(servers));
  return {
    elapsedMs,
    cpuMs,
    servers,
    sql: Object.fromEntries(Object.entries(after.sql).map(([name, counts]) => [name, minus(counts, before.sql[name])])),
    othersBusyCores: Math.max(0, (after.machineBusyMs - before.machineBusyMs - ours) / elapsedMs),
  };
}
