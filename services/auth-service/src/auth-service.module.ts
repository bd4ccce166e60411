import { Module, type DynamicModule } from '@nestjs/common';
import { HttpEdgeModule } from '@reseller/http';
import { MessagingModule } from '@reseller/messaging';
import { openDatabase } from '@reseller/persistence';
import type { Logger } from '@reseller/runtime';
import { AccountQueries } from './accounts/account.queries.js';
import { AccountsController } from './accounts/accounts.controller.js';
import { InternalUsersController } from './accounts/internal-users.controller.js';
import { RegisterAccount } from './accounts/register-account.js';
import { UpdateProfile } from './accounts/update-profile.js';
import { UsersController } from './accounts/users.controller.js';
import { SecurityLog } from './audit/security-log.js';
import { CONFIG, type AuthServiceConfig } from './auth-service.config.js';
import { PrismaClient } from './generated/prisma/client.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { AccessTokens } from './sessions/access-token.js';
import { OpenSession } from './sessions/open-session.js';
import { RefreshTokens } from './sessions/refresh-token.js';
import { RotateRefreshToken } from './sessions/rotate-refresh-token.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SignIn } from './sessions/sign-in.js';
import { SignInThrottle } from './sessions/sign-in-throttle.js';
import { SignOut } from './sessions/sign-out.js';

/** The service's table of contents. */
@Module({})
export class AuthServiceModule {
  static forRoot(config: AuthServiceConfig, logger: Logger): DynamicModule {
    const database = openDatabase((adapter) => new PrismaClient({ adapter }), {
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
      controllers: [AccountsController, SessionsController, UsersController, InternalUsersController],
      providers: [
        { provide: CONFIG, useValue: config },
        AccountQueries,
        RegisterAccount,
        UpdateProfile,
        PasswordHasher,
        AccessTokens,
        RefreshTokens,
        OpenSession,
        SignIn,
        SignInThrottle,
        RotateRefreshToken,
        SignOut,
        SecurityLog,
      ],
    };
  }
}
