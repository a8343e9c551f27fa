#!/usr/bin/env nextflow

// From the files of a lab to networks: prepare, train and infer-network of grnet for each row of a table.
// README.md beside this file explains the table and the parameters.

include { GRNET_PREPARE      } from './modules/grnet/prepare/main'
include { GRNET_TRAIN        } from './modules/grnet/train/main'
include { GRNET_INFERNETWORK } from './modules/grnet/infernetwork/main'

def optional_file(name) {
    return name ? file(name, checkIfExists: true) : []
}

workflow {
    if (!params.input) {
        error("Give a table with --input; its columns are id, expression, tfs, known_edges and images")
    }
    samples = channel.fromPath(params.input, checkIfExists: true)
        .splitCsv(header: true)
        .map { row ->
            [
                [id: row.id],
                row.expression.tokenize(';').collect { name -> file(name, checkIfExists: true) },
                optional_file(row.tfs),
                optional_file(row.known_edges),
                optional_file(row.images),
            ]
        }

    GRNET_PREPARE(samples)
    GRNET_TRAIN(GRNET_PREPARE.out.dataset)
    GRNET_INFERNETWORK(GRNET_TRAIN.out.run.join(GRNET_PREPARE.out.dataset))
}
