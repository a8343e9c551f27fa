# An image with grnet, PyTorch for CPUs and all extras. See docs/workflows.md.
#
#   docker build -t grnet .
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/data" grnet prepare dataset --expression expression.csv ...

ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/grnet
ENV PATH=/opt/grnet/bin:$PATH
WORKDIR /src
COPY constraints.txt ./
# Only torch itself comes from this index: it has the build for CPUs, without the packages for CUDA. For NVIDIA GPUs,
# take --build-arg TORCH_INDEX=https://pypi.org/simple
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN pip install --constraint constraints.txt --no-deps --index-url "${TORCH_INDEX}" torch
COPY pyproject.toml MANIFEST.in README.md LICENSE ./
COPY grnet grnet
RUN pip install --constraint constraints.txt ".[all]"

FROM python:${PYTHON}-slim
LABEL org.opencontainers.image.title="grnet" \
      org.opencontainers.image.description="Gene regulatory networks from pictures of gene expression and RNA-seq" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="0.1.0"
# Nextflow measures the processes of a container with ps. Debian keeps one version of it, so it is not pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends procps \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1000 grnet
COPY --from=build /opt/grnet /opt/grnet
# Any user may be given with --user: caches go where everybody may write.
ENV PATH=/opt/grnet/bin:$PATH \
    HOME=/tmp \
    MPLCONFIGDIR=/tmp/matplotlib \
    XDG_CACHE_HOME=/tmp/cache \
    PYTHONDONTWRITEBYTECODE=1
USER 1000:1000
WORKDIR /data
ENTRYPOINT ["grnet"]
CMD ["--help"]
