// The databases that an identifier leads to.

import assert from "node:assert/strict";
import test from "node:test";

import { addressesOf, linksOf } from "../../grnet/explorer/page/gene_links.js";
import { nodes } from "../../grnet/explorer/page/network.js";
import { loadMade } from "./made_network.js";

test("identifiers lead to the databases that gave them", () => {
  const named = (id) => addressesOf(id).map(([name, address]) => `${name} ${address}`);
  assert.deepEqual(named("FBgn0003900"), [
    "FlyBase https://flybase.org/reports/FBgn0003900", "NCBI https://www.ncbi.nlm.nih.gov/gene/?term=FBgn0003900",
  ]);
  assert.deepEqual(named("ENSMUSG00000051951.6"), [
    "Ensembl https://www.ensembl.org/id/ENSMUSG00000051951", "NCBI https://www.ncbi.nlm.nih.gov/gene/?term=ENSMUSG00000051951",
  ]);
  assert.deepEqual(named("7157"), ["NCBI https://www.ncbi.nlm.nih.gov/gene/7157"]);
  assert.deepEqual(named("P04637"), ["UniProt https://www.uniprot.org/uniprotkb/P04637"]);
  assert.deepEqual(named("A0A024R161"), ["UniProt https://www.uniprot.org/uniprotkb/A0A024R161"]);
  assert.deepEqual(named("YAL001C"), ["SGD https://www.yeastgenome.org/locus/YAL001C"]);
  assert.deepEqual(named("AT1G01010"), ["TAIR https://www.arabidopsis.org/locus?name=AT1G01010"]);
  assert.deepEqual(["WBGene00000912", "MGI:98834", "HGNC:11998", "ZDB-GENE-990415-270"].map((id) => addressesOf(id)[0][0]), ["WormBase", "MGI", "HGNC", "ZFIN"]);
});

test("a name of no known form, or one that would leave the address, leads nowhere", () => {
  for (const id of ["", "twi", "Tf1", "FBgn12", "javascript:alert(1)", "FBgn0003900?x=1", "P04637\nx", "GSM123"]) assert.deepEqual(addressesOf(id), [], id);
});

test("a gene without an id is looked up by its symbol, where that is an identifier; a number is none", () => {
  loadMade();
  Object.assign(nodes, { symbol: ["FBgn0003900", "YAL001C", "7157", "twi", "P2RY12"], id: ["", "", "", "FBgn0003900", ""] });
  assert.deepEqual([0, 1, 2, 3, 4].map((i) => linksOf(i).map(([name]) => name)), [["FlyBase", "NCBI"], ["SGD"], [], ["FlyBase", "NCBI"], []]);
});
