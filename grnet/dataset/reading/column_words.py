"""The names of columns as the common tools and databases write them, and what each kind of column holds.

Names are compared without case, spaces and punctuation (:func:`~grnet.dataset.table_cells.header_word`).
"""

from __future__ import annotations

import re

from grnet.dataset.table_cells import header_word, word_set

SYMBOL_HEADERS = word_set(
    "symbol symbols genesymbol genesymbols gene genename genenames genes name names hgncsymbol hugosymbol mgisymbol "
    "approvedsymbol officialsymbol externalgenename geneshortname featurename geneidentifier commonname "
    "genenameid tf tfs tfname tfsymbol transcriptionfactor regulator standardname"
)
ID_HEADERS = word_set(
    "id geneid ids geneids geneidversion fbgn fbgnid flybase flybaseid ensembl ensemblid ensemblgeneid ensemblgene "
    "ensg genestableid genestableidversion ncbigeneformerlyentrezgeneid ncbigeneid "
    "ensgid entrez entrezid entrezgeneid entrezgene ncbigeneid ncbiid dbid accession geneaccession wbgeneid agi locus "
    "locustag orf systematicname feature featureid idref probe probeid probeset probesetid uniprot uniprotid uniprotkb "
    "hgncid mgiid zfinid sgdid tairid targetid transcriptid transcript trackingid geneensembl genesid"
)
"""Database identifiers; a column of them names the genes where no column of symbols does."""
ROW_INDEX_HEADERS = word_set(
    "index unnamed0 unnamed01 unnamed x rownames rowname rowid rownumber row no nr number rank level0"
)
"""Names that data frames give to an index which they save as a column; "" and "Unnamed: 0" are the most common."""
POSITION_HEADERS = word_set(
    "chr chrom chromosome chromosomename chrname seqname seqnames seqid scaffold contig start end stop strand "
    "genestart geneend startposition endposition startbp endbp genomicstart genomicend tss tssstart txstart txend "
    "cdsstart cdsend position pos locuscoordinates coordinates coordinate cytoband band karyotypeband width "
    "length genelength exonlength effectivelength efflength transcriptlength genelengthbp lengthbp size exons "
    "exoncount chromosomescaffoldname genestartbp geneendbp transcriptcount transcriptlengthincludingutrsandcds "
    "genelengthkb genegccontent coverage "
    "nexons nexon bp gc gccontent percentagegenegccontent percentgc mappability"
)
TEXT_HEADERS = word_set(
    "description desc genedescription biotype genebiotype genetype type class transcriptids transcriptid "
    "transcriptbiotype annotation annotations product function go goterm goid keggid ko pathway comment comments note "
    "notes source organism species taxid taxonid taxon family tffamily genefamily synonyms synonym aliases alias "
    "genesynonym genesynonyms "
    "previoussymbols status classcode nearestrefid geneversion genesource genestatus havanagene protein proteinid "
    "refseq refseqid unigene unigeneid title genetitle definition interpro pfam domain dbd orthologs ortholog ccds "
    "representativepublicid spotid genbank genbankaccession gbacc platform"
)
STATISTIC_HEADERS = word_set(
    "basemean log2foldchange lfcse stat pvalue padj pval pvaladj adjpval adjpvalue qvalue qval fdr fdrbh logfc "
    "foldchange log2fc fc logcpm aveexpr avgexpr lr f t b p adjp bonferroni mean median average avg sd std stdev "
    "stddev "
    "variance var sum total max maximum min minimum cv highlyvariable means dispersions dispersionsnorm vstmean "
    "vstvariance ncells ncellsbycounts meancounts pctdropoutbycounts totalcounts nonzero detected percentexpressed "
    "rank "
    "baseMeanA baseMeanB significant sig expressed".lower()
)
CELL_HEADERS = word_set(
    "cell cells cellid cellids barcode barcodes cellbarcode sample samples sampleid samplename samplenames orig "
    "origident celltype celltypes cluster clusters seuratclusters leiden louvain batch donor donorid patient patientid "
    "condition conditions group groups treatment treatments tissue stage age sex gender replicate plate well timepoint "
    "time phase sscore g2mscore doublet doubletscore predicteddoublet ncount ncounts nfeature nfeatures ngene ngenes "
    "ncountrna nfeaturerna totalcounts totalumi totalumis numi numis nfeaturesperCell umi umis sizefactor sizefactors "
    "ngenesbycounts log1pngenesbycounts log1ptotalcounts totalcountsmt log1ptotalcountsmt pctcountsmt percentmt "
    "percentmito percentribo mitopercent depth librarysize bulklabels annotation cellannotation subtype "
    "umap1 umap2 tsne1 tsne2 pc1 pc2 lineage pseudotime dptpseudotime experiment assay genotype strain".lower()
)
"""What tables of cells or samples say of each: names of columns beside genes, and of rows above them."""
SUMMARY_ROWS = word_set(
    "nofeature ambiguous toolowaqual notaligned alignmentnotunique nunmapped nmultimapping nnofeature nambiguous total "
    "totals sum grandtotal mean unassigned assigned"
)
"""Rows of HTSeq, STAR and featureCounts that count reads of no gene, and sums below a table."""

TF_HEADERS = word_set(
    "tf tfs tfname tfsymbol tfgene tfgenename tfid regulator regulators regulatorname regulatorgene regulatorsymbol "
    "regulatorygene regulatory regulatorgenesymbol gene1 genea genename1 factor transcriptionfactor "
    "transcriptionfactorname "
    "sourcegene sourcegenes sourcegenesymbol sourcename sourcesymbol parent protein1 node1 nametf nametfgene tfsource "
    "fromgene fromnode from geneidtf genesymboltf interactora participanta sourcenode regulatortf ligand tfactor "
    "tfnames regulatedby boundby controlledby transkriptionsfaktor motif"
)
TARGET_HEADERS = word_set(
    "target targets targetgene targetgenes targetname targetsymbol targetgenename targetgenesymbol targetid tgt gene "
    "gene2 geneb genename genename2 to togene tonode tg regulated regulatedgene regulatedgenename child protein2 node2 "
    "nametarget targetnode targetgeneid interactorb participantb nametg downstream downstreamgene targetnames symbol "
    "genesymbol zielgen boundgene dorc"
)
LABEL_HEADERS = word_set(
    "label labels class y isedge edge positive truth groundtruth isregulation islabel isregulated regulates trueedge "
    "istrueedge istarget isinteraction islink realedge ispositive edgelabel isknown istrue"
)
SIGN_HEADERS = word_set(
    "effect sign mor mode moa moreg modeofregulation regulation regulationtype interaction interactiontype edgetype "
    "type "
    "direction action function regulatoryeffect typeofregulation effecttype consensussign isstimulation edges"
)
WEIGHT_HEADERS = word_set(
    "weight score edgeweight importance confidence combinedscore likelihood strength value confidencelevel "
    "probability rank correlation coef coefmean spread curationeffort evidencelevel tfevidence"
)
SOURCE_HEADERS = word_set(
    "source sources database databases db evidence evidences reference references referencesPMID pmid pmids dataset "
    "origin publication publications resource resources study detectionmethod".lower()
)
IS_TF_HEADERS = word_set("istf tfcheck istranscriptionfactor tfstatus isregulator tfyn tfyesno isatf")
"""Columns of catalogues such as that of Lambert et al. (2018), whose rows say whether a protein is a TF."""
TF_FLAG_HEADERS = word_set("tf tfs transcriptionfactor regulator")
"""Names of columns of TFs, which say which rows are TFs where they hold yes and no."""
TF_NAME_HEADERS = TF_FLAG_HEADERS | word_set("tfname tfsymbol tfgene regulatorname regulatorygene")
_EVERY = SYMBOL_HEADERS | ID_HEADERS | TF_HEADERS | TARGET_HEADERS | LABEL_HEADERS | SIGN_HEADERS | WEIGHT_HEADERS
_QUALITY = re.compile(
    r"^(n|total|log1p|pct|percent|frac|ncount|nfeature)[_. ].+|^(nCount|nFeature)_|^percent[._]", re.I
)
ACCESSION = re.compile(
    r"ENS[A-Z]*[GTP]\d{6,}(\.\d+)?(_PAR_Y)?|FBgn\d+|WBGene\d+|AT[1-5MC]G\d+(\.\d+)?|MGI:\d+|HGNC:\d+|ZDB-GENE-[\d-]+|"
    r"Y[A-P][LR]\d{3}[CW](-[A-Z])?|[NX][MRP]_\d+(\.\d+)?|XLOC_\d+|LOC\d+|CG\d+|RGD:\d+|SGD:S\d+|S\d{9}|"
    r"[OPQ]\d[A-Z\d]{3}\d|[A-NR-Z]\d([A-Z][A-Z\d]{2}\d){1,2}|Solyc\d+g\d+.*|Os\d+g\d+.*|Zm\d+.*|b\d{4}|\d+_at|\d+_[a-z]_at",
    re.IGNORECASE,
)
"""Identifiers of the common databases: Ensembl, FlyBase, WormBase, TAIR, MGI, HGNC, ZFIN, SGD, RefSeq, UniProt, …"""


def is_column_word(name: str) -> bool:
    """Tell whether a cell is the name of a column of genes, TFs, targets or labels."""
    return header_word(name) in _EVERY


def is_accession(text: str) -> bool:
    """Tell whether a cell is an identifier of a database."""
    return ACCESSION.fullmatch(text) is not None


def is_annotation_word(name: str) -> bool:
    """Tell whether a column says where a gene is or what is known of it, not how much of it there is."""
    word = header_word(name)
    return word in POSITION_HEADERS or word in TEXT_HEADERS or word in STATISTIC_HEADERS


def is_cell_word(name: str) -> bool:
    """Tell whether a name is that of a property of cells or samples."""
    return header_word(name) in CELL_HEADERS or _QUALITY.match(name) is not None
