import { Catch, type ExceptionFilter } from '@nestjs/common';

/** Nest's own RPC filter would replace every error by "Internal server error", and the ladder needs to see its class. */
@Catch()
export class RethrowFilter implements ExceptionFilter {
  catch(error: unknown): never {
    throw error;
  }
}
