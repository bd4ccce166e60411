import { Inject, Injectable } from '@nestjs/common';
import { adminAction, eventOf, ShareLinkUpdated, type DomainEvent } from '@reseller/contracts';
import { requireUser, type Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, requireVersion, type Clock } from '@reseller/runtime';
import { requireFuture } from './create-share-link.js';
import { OpenLinks } from './open-links.js';
import { OwnShareLinks } from './own-share-links.js';
import { factOf, type ShareLink } from './share-link.js';
import { ShareLinkRepository, type LinkChange } from './share-link.repository.js';

export interface ChangeShareLinkCommand extends LinkChange {
  readonly codeOrId: string;
  /** Null: whichever stands. */
  readonly expectedVersion: bigint | null;
}

/** Switches a link on or off, or moves its end. What was sold through it stays as it was. */
@Injectable()
export class ChangeShareLink {
  constructor(
    private readonly database: Database,
    private readonly repository: ShareLinkRepository,
    private readonly own: OwnShareLinks,
    private readonly open: OpenLinks,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 404 LINK_NOT_FOUND also for somebody else's link; 412 VERSION_MISMATCH; 422 EXPIRY_IN_THE_PAST */
  async execute(
    caller: Identity,
    { codeOrId, expectedVersion, ...change }: ChangeShareLinkCommand,
  ): Promise<ShareLink> {
    const now = this.clock.now();
    if (change.expiresAt) requireFuture(change.expiresAt, now);
    const { id } = await this.own.find(caller, codeOrId);
    const after = await this.database.sqlTransaction(async (tx) => {
      const before = await this.repository.lock(tx, id);
      requireVersion('share link', expectedVersion, before.version);
      const changed = await this.repository.change(tx, id, change, now);
      await appendToOutbox(tx, eventsOf(caller, before, changed, now));
      return changed;
    });
    this.open.changed(after);
    return after;
  }
}

function eventsOf(caller: Identity, before: ShareLink, after: ShareLink, now: Date): DomainEvent[] {
  const actor = requireUser(caller);
  const { businessId } = after;
  const updated = eventOf(ShareLinkUpdated, {
    aggregateId: after.id,
    aggregateVersion: after.version,
    businessId,
    actor,
    occurredAt: now,
    data: factOf(after),
  });
  if (actor === after.sellerId) return [updated];
  const recorded = adminAction({
    actorId: actor,
    action: 'SHARE_LINK_CHANGED',
    subjectType: 'share-link',
    subjectId: after.id,
    before: factOf(before),
    after: factOf(after),
    businessId,
    occurredAt: now,
  });
  return [updated, recorded];
}
