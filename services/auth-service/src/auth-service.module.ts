import { Module, type DynamicModule } from '@nestjs/common';
import { CsvBodies, HttpEdgeModule } from '@reseller/http';
import { MessagingModule } from '@reseller/messaging';
import type { Logger } from '@reseller/runtime';
import { AccountQueries } from './accounts/account.queries.js';
import { AccountsController } from './accounts/accounts.controller.js';
import { InternalUsersController } from './accounts/internal-users.controller.js';
import { RegisterAccount } from './accounts/register-account.js';
import { UpdateProfile } from './accounts/update-profile.js';
import { UsersController } from './accounts/users.controller.js';
import { AddAddress } from './addresses/add-address.js';
import { AddressQueries } from './addresses/address.queries.js';
import { AddressesController } from './addresses/addresses.controller.js';
import { ChangeAddress } from './addresses/change-address.js';
import { InternalAddressesController } from './addresses/internal-addresses.controller.js';
import { RemoveAddress } from './addresses/remove-address.js';
import { AuditLogQueries } from './audit/audit-log.queries.js';
import { AuditLogsController } from './audit/audit-logs.controller.js';
import { AuditConsumer } from './audit/audit.consumer.js';
import { RecordAdminAction } from './audit/record-admin-action.js';
import { SecurityLog } from './audit/security-log.js';
import { openAuthDatabase } from './auth-database.js';
import { CONFIG, type AuthServiceConfig } from './auth-service.config.js';
import { BusinessQueries } from './businesses/business.queries.js';
import { BusinessesController } from './businesses/businesses.controller.js';
import { CreateBusiness } from './businesses/create-business.js';
import { InternalBusinessesController } from './businesses/internal-businesses.controller.js';
import { UpdateBusiness } from './businesses/update-business.js';
import { CustomerOrdersConsumer } from './customer-orders/customer-orders.consumer.js';
import { MoveOrderToAccount } from './customer-orders/move-order-to-account.js';
import { RecordOrderFact } from './customer-orders/record-order-fact.js';
import { RepeatDeletion } from './customer-orders/repeat-deletion.js';
import { ChangeEngagement } from './customers/change-engagement.js';
import { CreateCustomer } from './customers/create-customer.js';
import { CustomerQueries } from './customers/customer.queries.js';
import { CustomersController } from './customers/customers.controller.js';
import { DeleteCustomer } from './customers/delete-customer.js';
import { ImportCustomers } from './customers/import-customers.js';
import { InternalCustomersController } from './customers/internal-customers.controller.js';
import { UpdateCustomer } from './customers/update-customer.js';
import { EmailVerificationController } from './email-verification/email-verification.controller.js';
import { RequestEmailVerification } from './email-verification/request-email-verification.js';
import { VerifyEmail } from './email-verification/verify-email.js';
import { MailedLinksController } from './mailed-links/mailed-links.controller.js';
import { RedeemMailedLink } from './mailed-links/redeem-mailed-link.js';
import { ChangePassword } from './passwords/change-password.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { PasswordsController } from './passwords/passwords.controller.js';
import { RequestPasswordReset } from './passwords/request-password-reset.js';
import { ResetPassword } from './passwords/reset-password.js';
import { DeleteExpiredCredentials } from './retention/delete-expired-credentials.js';
import { RetentionJob } from './retention/retention.job.js';
import { AccessTokens } from './sessions/access-token.js';
import { OpenSession } from './sessions/open-session.js';
import { RefreshTokens } from './sessions/refresh-token.js';
import { RotateRefreshToken } from './sessions/rotate-refresh-token.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SignInThrottle } from './sessions/sign-in-throttle.js';
import { SignIn } from './sessions/sign-in.js';
import { SignOut } from './sessions/sign-out.js';
import { UpdateUser } from './users-admin/update-user.js';
import { CreateTenant } from './tenants/create-tenant.js';
import { TenantQueries } from './tenants/tenant.queries.js';
import { TenantsController } from './tenants/tenants.controller.js';
import { UserQueries } from './users-admin/user.queries.js';
import { UsersAdminController } from './users-admin/users-admin.controller.js';

const accounts = [AccountQueries, RegisterAccount, UpdateProfile];
const sessions = [AccessTokens, OpenSession, SignIn, SignInThrottle, RotateRefreshToken, SignOut];
const passwords = [
  ChangePassword,
  RequestPasswordReset,
  ResetPassword,
  RedeemMailedLink,
  RequestEmailVerification,
  VerifyEmail,
];
const addresses = [AddressQueries, AddAddress, ChangeAddress, RemoveAddress];
const customers = [
  CustomerQueries,
  CreateCustomer,
  ImportCustomers,
  UpdateCustomer,
  ChangeEngagement,
  DeleteCustomer,
  CsvBodies,
  RecordOrderFact,
  RepeatDeletion,
  MoveOrderToAccount,
];
const administration = [
  UserQueries,
  UpdateUser,
  BusinessQueries,
  CreateBusiness,
  UpdateBusiness,
  TenantQueries,
  CreateTenant,
  AuditLogQueries,
  RecordAdminAction,
  SecurityLog,
];

/** The service's table of contents. */
@Module({})
export class AuthServiceModule {
  static forRoot(config: AuthServiceConfig, logger: Logger): DynamicModule {
    const database = openAuthDatabase({
      url: config.DATABASE_URL,
      poolSize: config.DATABASE_POOL_SIZE,
      service: 'auth-service',
      adapter: config.DATABASE_ADAPTER,
      neonProxy: config.NEON_WS_PROXY,
    });
    return {
      module: AuthServiceModule,
      imports: [
        HttpEdgeModule.forService({ name: 'auth-service', config, logger, database }),
        MessagingModule.forService({ service: 'auth', ...config }),
      ],
      controllers: [
        AccountsController,
        SessionsController,
        PasswordsController,
        EmailVerificationController,
        UsersController,
        UsersAdminController,
        AddressesController,
        InternalAddressesController,
        BusinessesController,
        TenantsController,
        CustomersController,
        AuditLogsController,
        AuditConsumer,
        CustomerOrdersConsumer,
        InternalUsersController,
        InternalBusinessesController,
        InternalCustomersController,
        MailedLinksController,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: RefreshTokens, useValue: new RefreshTokens(config) },
        { provide: PasswordHasher, useValue: new PasswordHasher(config) },
        ...accounts,
        ...sessions,
        ...passwords,
        ...addresses,
        ...customers,
        ...administration,
        RetentionJob,
        DeleteExpiredCredentials,
      ],
    };
  }
}
