# One image with every program of spacey. The command chooses: `docker run spacey api`.
ARG GO_VERSION=1.26

FROM --platform=$BUILDPLATFORM golang:${GO_VERSION} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG TARGETOS TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -buildvcs=false -ldflags='-s -w' -o /out/bin/ ./cmd/... \
    && mkdir -m 700 /out/data

# No shell and no libc: certificates, time zones and a user that is not root.
FROM gcr.io/distroless/static-debian13:nonroot
LABEL org.opencontainers.image.title="spacey" \
    org.opencontainers.image.description="Spaced-repetition learning backend" \
    org.opencontainers.image.source="https://github.com/moshrank/spacey-backend"
COPY --from=build /out/bin/ /usr/local/bin/
# The embedded engine of `spacey serve` keeps its data here; mount a volume.
COPY --from=build --chown=65532:65532 /out/data/ /data/
# Inside a container 127.0.0.1 is nobody's address but its own.
ENV HOST=0.0.0.0 DATA_DIR=/data
USER 65532:65532
EXPOSE 8080
CMD ["spacey", "help"]
