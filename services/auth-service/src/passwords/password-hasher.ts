import { hash, verify } from '@node-rs/argon2';
import { unavailable } from '@reseller/runtime';
import type { AuthServiceConfig } from '../auth-service.config.js';

/** argon2id with OWASP's first choice for it (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. */
export const PASSWORD_COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Each waits about as long as those before it take together; beyond this a client has given up. */
const WAITING_MAX = 400;

/** The same password typed on two keyboards must be the same bytes (NIST SP 800-63B, section 5.1.1.2). */
export const passwordBytes = (password: string): string => password.normalize('NFC');

/**
 * Hashes and checks passwords, a few at a time: a hash takes 19 MiB and a core, so a hundred sign-ins at once queue here
 * instead of taking the machine's memory and starving every other request.
 */
export class PasswordHasher {
  private readonly atOnce: number;
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private readonly dummyHash = hash('no account has this password', PASSWORD_COST);

  constructor(config: Pick<AuthServiceConfig, 'PASSWORD_HASHES_AT_ONCE'>) {
    this.atOnce = config.PASSWORD_HASHES_AT_ONCE;
  }

  /** @throws 503 PASSWORD_CHECK_BUSY when too many wait already. */
  hash(password: string): Promise<string> {
    return this.inSlot(() => hash(passwordBytes(password), PASSWORD_COST));
  }

  /**
   * Looks for whom the password is checked and checks it, in one slot. Where nobody is found it takes the same time, so
   * that time does not tell which accounts exist.
   *
   * @returns who was found, when the password is theirs.
   */
  check<Owner extends { readonly passwordHash: string }>(
    password: string,
    find: () => Promise<Owner | undefined>,
  ): Promise<Owner | undefined> {
    return this.inSlot(async () => {
      const owner = await find();
      const isRight = await verify(owner?.passwordHash ?? (await this.dummyHash), passwordBytes(password));
      return isRight ? owner : undefined;
    });
  }

  private async inSlot<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.atOnce) await this.waitForSlot();
    else this.running += 1;
    try {
      return await work();
    } finally {
      // A slot goes straight to who waits longest; the count stays.
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }

  private waitForSlot(): Promise<void> {
    if (this.waiting.length >= WAITING_MAX) {
      throw unavailable('PASSWORD_CHECK_BUSY', 'Too many people are signing in right now. Try again in a moment.', {
        retryAfterSeconds: 2,
      });
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
