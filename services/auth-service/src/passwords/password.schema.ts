import { z } from 'zod';

const LENGTH_MIN = 8;
const LENGTH_MAX = 128;
const LONE_SURROGATE_OR_NUL = /\p{Surrogate}|\u0000/u;

const text = () =>
  z.string().refine((password) => !LONE_SURROGATE_OR_NUL.test(password), 'must be text without NUL characters');

/** A password that is being chosen. Any characters; no rule but length, which is the one that helps (NIST SP 800-63B). */
export const newPassword = () => text().min(LENGTH_MIN).max(LENGTH_MAX);

/** A password that is being checked: too short a one is simply wrong, not malformed. */
export const givenPassword = () => text().min(1).max(LENGTH_MAX);
