import { expect, it } from '@jest/globals';
import { createLogger } from '@reseller/runtime';
import type { ShareLinkServiceConfig } from '../src/share-link-service.config.js';
import { ClickBuffer } from '../src/clicks/click-buffer.js';
import type { Click, ClickRepository } from '../src/clicks/click.repository.js';

it('writes everything that waits before the process ends, in batches', async () => {
  const batches: number[] = [];
  const repository = {
    write: async (clicks: readonly Click[]) => void batches.push(clicks.length),
  } as unknown as ClickRepository;
  const config = { CLICK_FLUSH_INTERVAL: 3_600_000 } as ShareLinkServiceConfig;
  const buffer = new ClickBuffer(repository, config, createLogger({ service: 'test', level: 'silent' }));
  const hour = new Date('2026-01-01T10:00:00Z');
  for (let i = 0; i < 5_000; i += 1) buffer.add({ shareLinkId: 'a-link', visitor: Buffer.from(String(i)), hour });
  await buffer.beforeApplicationShutdown();
  expect(batches).toEqual([2_000, 2_000, 1_000]);
});
