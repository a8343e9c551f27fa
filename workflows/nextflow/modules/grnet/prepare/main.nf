process GRNET_PREPARE {
    tag "${meta.id}"
    label 'process_single'

    conda "${moduleDir}/environment.yml"
    container "grnet:0.1.0"

    input:
    tuple val(meta), path(expression, stageAs: 'expression/*'), path(tfs, stageAs: 'tfs/*'), path(known_edges, stageAs: 'known_edges/*'), path(images, stageAs: 'images/*')

    output:
    tuple val(meta), path("${prefix}.dataset"), emit: dataset
    tuple val("${task.process}"), val('grnet'), eval("grnet --version | sed 's/.* //'"), emit: versions_grnet, topic: versions

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def tables = expression instanceof List ? expression : [expression]
    def inputs = tables.collect { table -> "--expression '${table}'" }
    if (tfs) { inputs << "--tfs '${tfs}'" }
    if (known_edges) { inputs << "--known-edges '${known_edges}'" }
    if (images) { inputs << "--images '${images}'" }
    def input_options = inputs.join(' ')
    """
    grnet prepare \\
        '${prefix}.dataset' \\
        --name '${meta.id}' \\
        ${input_options} \\
        ${args}
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    mkdir '${prefix}.dataset'
    touch '${prefix}.dataset/dataset.toml'
    """
}
