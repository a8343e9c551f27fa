process GRNET_TRAIN {
    tag "${meta.id}"
    label 'process_medium'

    conda "${moduleDir}/environment.yml"
    container "grnet:0.1.0"

    input:
    tuple val(meta), path(dataset)

    output:
    tuple val(meta), path("${prefix}.run"), emit: run
    tuple val(meta), path("${prefix}.run/metrics.json"), emit: metrics
    tuple val(meta), path("${prefix}.run/report.html"), emit: report
    tuple val("${task.process}"), val('grnet'), eval("grnet --version | sed 's/.* //'"), emit: versions_grnet, topic: versions

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    export OMP_NUM_THREADS=${task.cpus}

    grnet train \\
        '${dataset}' \\
        --out '${prefix}.run' \\
        ${args}
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    mkdir '${prefix}.run'
    touch '${prefix}.run/metrics.json' '${prefix}.run/report.html'
    """
}
