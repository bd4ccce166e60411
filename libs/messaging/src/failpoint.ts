/** Where fault tests make a process die. */
export type Failpoint =
  'relay.before-publish' | 'relay.after-confirm' | 'consumer.mid-handler' | 'consumer.after-commit';

// Read once and directly: it must reach the deepest place without passing through the configuration of eight services.
const armed = process.env['FAILPOINT'];

/** Kills the process without any clean-up when `FAILPOINT` names this place. */
export function failpoint(place: Failpoint): void {
  if (armed === place) process.kill(process.pid, 'SIGKILL');
}
