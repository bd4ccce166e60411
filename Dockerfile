# One image for every process; SERVICE is its folder: gateway, services/order-service, libs/razorpay-sandbox, …
#   docker build --build-arg SERVICE=services/order-service -t reseller/order-service .
# or one image without it, told at start: docker run -e SERVICE=services/order-service -e PORT=3004 …
# The stage "build" has the tools too: migrations run from it.

FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY . .
# No dependency needs its install script, and none gets to run one.
RUN npm ci --ignore-scripts && npm run prisma:generate && npm run build

FROM build AS production-dependencies
RUN npm prune --omit=dev --ignore-scripts

FROM node:22-bookworm-slim AS runtime
ARG SERVICE=gateway
ENV SERVICE=${SERVICE} NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=production-dependencies /app /app
# The files belong to root: the process can read its code but not change it.
USER node
EXPOSE 3000
# A degraded process (broker down) is healthy: it goes on taking commands.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/ready').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# exec: node is the process that gets SIGTERM.
CMD ["sh", "-c", "cd /app/$SERVICE && exec node dist/main.js"]
