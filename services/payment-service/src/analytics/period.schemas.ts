import { isoInstant } from '@reseller/http';
import { z } from 'zod';

/** One end of a stretch of time. */
export const dateOrInstant = () =>
  z.union([z.iso.date(), isoInstant()], 'must be a date such as 2026-01-31, or an ISO 8601 time');
