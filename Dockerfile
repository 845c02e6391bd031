# The image of the conductor, ghcr.io/podloom/podloom: podloom as it is packed for npm, and Node. No shell, no root.
#
#   npm pack && docker build --tag ghcr.io/podloom/podloom:0.1 .
#
# test/cluster/rig/image-conductor.ts makes the same without Docker.
FROM node:24-slim AS package
COPY podloom-*.tgz /tmp/podloom.tgz
# What pipelines are written with (cdk8s, constructs) is not needed to run a plan.
RUN npm install --prefix /opt/podloom --omit=dev --omit=peer --ignore-scripts --no-audit --no-fund /tmp/podloom.tgz

FROM gcr.io/distroless/nodejs24-debian13:nonroot
COPY --from=package /opt/podloom /opt/podloom
USER 65532:65532
WORKDIR /
ENTRYPOINT ["/nodejs/bin/node", "/opt/podloom/node_modules/podloom/bin/podloom.cjs"]
CMD ["--help"]
