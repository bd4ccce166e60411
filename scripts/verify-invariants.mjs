// npm run verify:invariants   checks that stock, orders, payments, wallets, links and messages agree with themselves and
// with each other. Exit code 0 only when every rule holds.
import { ensureInstalled } from './lib/install.mjs';

try {
  ensureInstalled();
  const { findDatabases } = await import('./lib/find-databases.mjs');
  const { verifyInvariants } = await import('./lib/invariants.mjs');
  const databases = await findDatabases();
  try {
    const { rules, orders, violations } = await verifyInvariants(databases);
    for (const { service, rule, rows } of violations) {
      console.log(`BROKEN  ${service}: ${rule}`);
      for (const row of rows) console.log(`        ${JSON.stringify(row)}`);
    }
    console.log(
      violations.length === 0
        ? `All ${rules} rules hold over ${orders} orders.`
        : `${violations.length} of ${rules} rules are broken (${orders} orders looked at).`,
    );
    process.exitCode = violations.length === 0 ? 0 : 1;
  } finally {
    await databases.stop();
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
