# syntax=docker/dockerfile:1
# The image of sadi serve and sadi worker: one static binary, certificates and nothing else; no shell, no root.

FROM --platform=$BUILDPLATFORM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
# .git comes along on purpose: the binary carries its revision, and every manifest names it.
COPY . .
ARG TARGETOS TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -ldflags "-s -w" -o /out/sadi ./cmd/sadi \
    && mkdir /out/data

FROM gcr.io/distroless/static-debian12:nonroot
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="SADI AutoML" \
      org.opencontainers.image.description="From a CSV file to a judged, explained and reproducible model" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$REVISION
COPY --from=build /out/sadi /usr/local/bin/sadi
# A new volume takes owner and mode from here.
COPY --from=build --chown=65532:65532 /out/data /data
ENV PATH=/usr/local/bin SADI_DATA=/data SADI_LISTEN=:8000
USER 65532:65532
WORKDIR /
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["sadi", "health"]
ENTRYPOINT ["sadi"]
CMD ["serve"]
