import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Header, Inject, Param, Redirect, Res, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { request } from 'undici';
import { SERVICE_NAMES } from '@reseller/contracts';
import { notFound } from '@reseller/runtime';
import { CONFIG, upstreamUrls, type GatewayConfig } from '../gateway.config.js';
import { mergeOpenApi, type OpenApiDocument } from './merge-openapi.js';

const UI_FOLDER = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const UI_FILES = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
]);
const REMEMBERED_MS = 10_000;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Reseller commerce platform: API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body><div id="ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script>
</body></html>`;

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#ui', deepLinking: true, persistAuthorization: true });`;

@ApiExcludeController()
@Controller()
export class DocsController {
  private last: { atMs: number; document: string } | undefined;

  constructor(@Inject(CONFIG) private readonly config: GatewayConfig) {}

  /** The whole platform's OpenAPI 3.1, put together from the services that answer. */
  @Get('openapi.json')
  @Header('Content-Type', 'application/json; charset=utf-8')
  async document(): Promise<string> {
    if (this.last === undefined || Date.now() - this.last.atMs > REMEMBERED_MS) {
      this.last = { atMs: Date.now(), document: JSON.stringify(await this.gather()) };
    }
    return this.last.document;
  }

  /** Who opens the address that the start screen names. */
  @Get()
  @Redirect('/docs')
  root(): void {
    return undefined;
  }

  @Get('docs')
  @Header('Content-Type', 'text/html; charset=utf-8')
  page(): string {
    return PAGE;
  }

  @Get('docs/start.js')
  @Header('Content-Type', 'text/javascript; charset=utf-8')
  start(): string {
    return START;
  }

  @Get('docs/:file')
  async file(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<StreamableFile> {
    const type = UI_FILES.get(file);
    if (type === undefined) throw notFound('ROUTE_NOT_FOUND', 'There is no such page.');
    void reply.header('Cache-Control', 'public, max-age=86400');
    return new StreamableFile(await readFile(join(UI_FOLDER, file)), { type });
  }

  private async gather() {
    const urls = upstreamUrls(this.config);
    const answers = await Promise.all(
      SERVICE_NAMES.map(async (name) => [name, await fetchDocument(urls[name])] as const),
    );
    const documents = new Map(
      answers.flatMap(([name, document]) => (document === undefined ? [] : [[name, document] as const])),
    );
    return mergeOpenApi(documents, '/');
  }
}

async function fetchDocument(url: string): Promise<OpenApiDocument | undefined> {
  try {
    const response = await request(`${url}/openapi.json`, { headersTimeout: 2_000, bodyTimeout: 2_000 });
    if (response.statusCode !== 200) {
      await response.body.dump();
      return undefined;
    }
    return (await response.body.json()) as OpenApiDocument;
  } catch {
    return undefined;
  }
}
