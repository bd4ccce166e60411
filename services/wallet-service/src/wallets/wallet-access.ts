import { Injectable } from '@nestjs/common';
import { DEFAULT_BUSINESS_ID } from '@reseller/contracts';
import { AdminDirectory, requireSelfOrAdmin, type Identity } from '@reseller/http';
import { Database } from '@reseller/persistence';
import { forbidden, notFound } from '@reseller/runtime';
import { businessScopeOf } from './business-scope.js';
import { OpenWallet } from './open-wallet.js';
import { OwnerRepository } from './owner.repository.js';
import { WalletQueries, type WalletRecord } from './wallet.queries.js';

/** The one gate to a wallet: only its owner and administrators pass. */
@Injectable()
export class WalletAccess {
  constructor(
    private readonly database: Database,
    private readonly wallets: WalletQueries,
    private readonly openWallet: OpenWallet,
    private readonly owners: OwnerRepository,
    private readonly admins: AdminDirectory,
  ) {}

  /**
   * The seller's wallet, as the caller may see it. A reseller always has one: where the event that opens it is still on
   * its way, it is opened now.
   *
   * @throws 403 FORBIDDEN somebody else's; 404 WALLET_NOT_FOUND.
   */
  async require(caller: Identity, sellerId: string): Promise<WalletRecord> {
    requireSelfOrAdmin(caller, sellerId);
    const found = (await this.find(caller, sellerId)) ?? (await this.openOwn(caller, sellerId));
    if (found === undefined) throw notFound('WALLET_NOT_FOUND', 'There is no wallet of this seller.');
    return found;
  }

  /**
   * As {@link require}, for taking money out: an account that an administrator has disabled does so no more, though its
   * access token may live for some minutes yet. Administrators may for others, for what is still to be paid, as long as
   * auth says now that they are ones.
   *
   * @throws 403 ACCOUNT_DISABLED, or FORBIDDEN for who is no administrator any more
   */
  async requireOpen(caller: Identity, sellerId: string): Promise<WalletRecord> {
    const wallet = await this.require(caller, sellerId);
    if (caller.userId !== sellerId) {
      await this.admins.requireStillAdmin(caller);
    } else if (!(await this.owners.isActive(this.database, sellerId))) {
      throw forbidden('ACCOUNT_DISABLED', 'This account is disabled. Ask the shop to open it again.');
    }
    return wallet;
  }

  private async openOwn(caller: Identity, sellerId: string): Promise<WalletRecord | undefined> {
    if (caller.userId !== sellerId || !caller.roles.includes('RESELLER')) return undefined;
    const businessId = caller.businessId ?? DEFAULT_BUSINESS_ID;
    await this.openWallet.execute(this.database, { sellerId, businessId, userVersion: null });
    return this.find(caller, sellerId);
  }

  /** One's own wallet is found whatever business it belongs to. */
  private find(caller: Identity, sellerId: string): Promise<WalletRecord | undefined> {
    return this.wallets.find(sellerId, caller.userId === sellerId ? {} : businessScopeOf(caller));
  }
}
