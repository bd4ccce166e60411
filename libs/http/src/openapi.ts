import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

/** OpenAPI 3.1 of one service, from the same schemas that validate. `/internal/*` is left out: nobody outside calls it. */
export function buildOpenApi(app: INestApplication, service: { title: string; description: string }): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(service.title)
    .setDescription(service.description)
    .setVersion('1')
    .addBearerAuth()
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  const paths = Object.entries(document.paths).filter(([path]) => !path.startsWith('/internal'));
  return { ...document, paths: Object.fromEntries(paths) };
}
