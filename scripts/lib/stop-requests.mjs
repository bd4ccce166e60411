// When a script that runs until it is told to stop has been told.

const lookEveryMs = 500;

/**
 * Calls `stop` with what asked for it: Ctrl-C, a signal, or the end of the npm that runs the script: npm passes a signal on
 * to the shell between, and that shell ends without telling us.
 * @param {(reason: string) => void} stop may be called again
 */
export function onStopRequest(stop) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
  if (process.env.npm_lifecycle_event === undefined) return;
  const starter = process.ppid;
  setInterval(() => {
    if (process.ppid !== starter) stop('npm has ended');
  }, lookEveryMs).unref();
}
