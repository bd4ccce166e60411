// npm run prisma:generate [-- service…]   makes the Prisma clients of all services, or those named, whose schema changed.
import { ensureInstalled } from './lib/install.mjs';
import { generateClients } from './lib/prisma-clients.mjs';
import { servicesWithDatabase } from './lib/repo.mjs';

try {
  const services = servicesWithDatabase(process.argv.slice(2));
  ensureInstalled();
  const { generated, unchanged } = await generateClients(services);
  console.log(
    `Prisma clients: ${generated.length} generated${generated.length > 0 ? ` (${generated.join(', ')})` : ''}, ${unchanged} unchanged.`,
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
