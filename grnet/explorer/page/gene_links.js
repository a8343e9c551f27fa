// Where databases describe a gene: links that its identifier tells, to be followed by whoever clicks; the page fetches nothing.

import { nodes } from "./network.js";

/** What an identifier looks like, and the addresses that it leads to; `bySymbol`: no gene symbol looks like that.
 * @type {{ form: RegExp, bySymbol?: boolean, to: [name: string, address: (id: string) => string][] }[]} */
const DATABASES = [
  { form: /^FBgn\d{7}$/, to: [["FlyBase", (id) => `https://flybase.org/reports/${id}`], ["NCBI", searchNcbi]] },
  { form: /^ENS[A-Z]{0,6}G\d{11}(\.\d+)?$/, to: [["Ensembl", (id) => `https://www.ensembl.org/id/${bare(id)}`], ["NCBI", (id) => searchNcbi(bare(id))]] },
  { form: /^WBGene\d{8}$/, to: [["WormBase", (id) => `https://wormbase.org/species/c_elegans/gene/${id}`], ["NCBI", searchNcbi]] },
  { form: /^Y[A-P][LR]\d{3}[WC](-[A-Z])?$/i, to: [["SGD", (id) => `https://www.yeastgenome.org/locus/${id}`]] },
  { form: /^AT[1-5CM]G\d{5}$/i, to: [["TAIR", (id) => `https://www.arabidopsis.org/locus?name=${id}`]] },
  { form: /^ZDB-GENE-\d{6}-\d+$/, to: [["ZFIN", (id) => `https://zfin.org/${id}`]] },
  { form: /^MGI:\d+$/, to: [["MGI", (id) => `https://www.informatics.jax.org/accession/${id}`]] },
  { form: /^HGNC:\d+$/, to: [["HGNC", (id) => `https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/${id}`]] },
  { form: /^\d{1,9}$/, bySymbol: false, to: [["NCBI", (id) => `https://www.ncbi.nlm.nih.gov/gene/${id}`]] },
  {
    form: /^([OPQ]\d[A-Z\d]{3}\d|[A-NR-Z]\d([A-Z][A-Z\d]{2}\d){1,2})$/,
    bySymbol: false,
    to: [["UniProt", (id) => `https://www.uniprot.org/uniprotkb/${id}`]],
  },
];

/** An identifier without its version.
 * @param {string} id */
const bare = (id) => id.replace(/\.\d+$/, "");

/** @param {string} id */
function searchNcbi(id) {
  return `https://www.ncbi.nlm.nih.gov/gene/?term=${encodeURIComponent(id)}`;
}

/**
 * The databases that know an identifier, each with its address; none where it has no known form.
 * @param {string} id
 * @returns {Pair<string>[]}
 */
export function addressesOf(id, databases = DATABASES) {
  const known = databases.find(({ form }) => form.test(id));
  return known ? known.to.map(([name, address]) => [name, address(id)]) : [];
}

/**
 * The same of a gene: by its id, else by its symbol, which is an identifier in some datasets. Numbers and what looks like
 * an accession of UniProt (P2RY12) may be symbols.
 * @param {number} i
 */
export function linksOf(i) {
  const [id, symbol] = [nodes.id[i], nodes.symbol[i]];
  return id ? addressesOf(id) : addressesOf(symbol, DATABASES.filter(({ bySymbol }) => bySymbol !== false));
}
