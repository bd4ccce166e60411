import { z } from 'zod';

/** Paise travel as safe integers; consumers turn them into bigint. */
export const paise = () => z.int().nonnegative();
export const id = () => z.uuid();
export const nullableId = () => z.uuid().nullable();
export const instant = () => z.iso.datetime();
export const rateBps = () => z.int().min(0).max(10_000);
