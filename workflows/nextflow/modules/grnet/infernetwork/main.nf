process GRNET_INFERNETWORK {
    tag "${meta.id}"
    label 'process_medium'

    conda "${moduleDir}/environment.yml"
    container "grnet:0.1.0"

    input:
    tuple val(meta), path(run), path(dataset)

    output:
    tuple val(meta), path("${prefix}.network"), emit: network
    tuple val(meta), path("${prefix}.network/edges.parquet"), emit: edges
    tuple val(meta), path("${prefix}.network/network.cx2"), emit: cx2
    tuple val(meta), path("${prefix}.network/network.html"), emit: page
    tuple val("${task.process}"), val('grnet'), eval("grnet --version | sed 's/.* //'"), emit: versions_grnet, topic: versions

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    export OMP_NUM_THREADS=${task.cpus}

    grnet infer-network \\
        '${run}' \\
        --dataset '${dataset}' \\
        --out '${prefix}.network' \\
        ${args}
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    mkdir '${prefix}.network'
    touch '${prefix}.network/edges.parquet' '${prefix}.network/network.cx2' '${prefix}.network/network.html'
    """
}
