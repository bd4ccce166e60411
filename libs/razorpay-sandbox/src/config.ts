import type { SandboxOptions } from './sandbox.js';

const DEFAULT_PORT = 3009;
const DEFAULT_WEBHOOK_URL = 'http://localhost:3000/payments/webhook';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The sandbox's options from the environment.
 *
 * @throws Error naming every variable that is missing or wrong, all at once.
 */
export function readConfig(environment: Environment): SandboxOptions {
  const problems: string[] = [];
  const required = (name: string): string => {
    const value = environment[name] ?? '';
    if (value === '') problems.push(`${name} is required`);
    return value;
  };
  const options: SandboxOptions = {
    port: readPort(environment['RAZORPAY_SANDBOX_PORT'], problems),
    host: environment['RAZORPAY_SANDBOX_HOST'] || '127.0.0.1',
    keyId: required('RAZORPAY_KEY_ID'),
    keySecret: required('RAZORPAY_KEY_SECRET'),
    webhookSecret: required('RAZORPAY_WEBHOOK_SECRET'),
    webhookUrl: readUrl(environment['RAZORPAY_SANDBOX_WEBHOOK_URL'], problems),
    logger: true,
  };
  if (problems.length > 0) throw new Error(`The Razorpay sandbox cannot start: ${problems.join('; ')}`);
  return options;
}

function readPort(text: string | undefined, problems: string[]): number {
  const port = Number(text || DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) problems.push('RAZORPAY_SANDBOX_PORT is not a port');
  return port;
}

function readUrl(text: string | undefined, problems: string[]): string {
  const url = text || DEFAULT_WEBHOOK_URL;
  if (!URL.canParse(url) || !/^https?:/.test(url)) problems.push('RAZORPAY_SANDBOX_WEBHOOK_URL is not an http(s) URL');
  return url;
}
