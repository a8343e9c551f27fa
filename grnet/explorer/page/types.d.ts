// The shapes that the page's scripts share, for `tsc --checkJs`: of the JSON in the page, as Python writes it
// (network_json.py, evidence_json.py, page_sentences.py), and of what is worked out from it. No page holds this file.

type Value = number | null; // null is what is missing
type Sign = "activation" | "repression" | "unknown";
type Holder = "first" | "second" | "both"; // of an edge, where two networks are compared
type Tone = Sign | Holder; // what decides the colour of an edge
type Kind = "known" | "novel";
type Tab = "network" | "table" | "figures";
type Theme = "light" | "dark";
type End = "tf" | "target";
type Pair<T> = [T, T];
type Drawing = "webgl" | "svg";
type Scale = (value: number) => number;
type Child = Node | string | null | undefined | false; // of an element; what is nothing is left out
type Rank = [place: number, among: number];

// ---- the network

interface Nodes {
  symbol: string[];
  id: string[];
  is_tf: boolean[];
  n_images: number[];
  in_degree: number[];
  out_degree: number[];
  community: number[];
  x: number[];
  y: number[];
}

interface Edges {
  tf: number[]; // rows of nodes
  target: number[];
  rank: number[];
  probability: number[];
  spread: Value[];
  seed_spread: Value[];
  score: Value[];
  correlation: Value[];
  sign: Sign[];
  known: boolean[];
}

interface Community {
  community: number;
  genes: number;
  x: number;
  y: number;
  radius: number;
}

interface Summary {
  name?: string;
  edges?: number;
  candidates?: Value;
  tfs?: number;
  targets?: number;
  known?: number;
  novel?: number;
  communities?: unknown[];
  versions?: Record<string, string>;
  unlabelled?: { limits?: { probability: number[]; low: number[]; high: number[] } | null };
}

interface Sentences {
  kept?: string[];
  probability?: string;
  ranking?: boolean;
  expectation?: Pair<string>[];
  interval?: string;
  settings?: Pair<string>[];
}

type Figure = [value: Value, low: Value, high: Value];

interface Split {
  title: string;
  n: number;
  n_positives: number;
  level: number;
  rows: { name: string; is_baseline: boolean; figures: (Figure | null)[] }[];
  findings: string[];
  warnings: string[];
  notes: string[];
}

interface Report {
  measures?: string[];
  splits?: Split[];
  calibration?: { mean: number[]; observed: number[]; low: Value[]; high: Value[]; count: number[]; base_rate: number };
}

interface PageData {
  nodes: Nodes;
  edges: Edges;
  evidence?: Evidence | null;
  summary?: Summary | null;
  report?: Report | null;
  words?: Sentences | null;
  communities?: Community[]; // the page of `grnet explain` draws no network: neither these nor what follows
  labels?: number[];
  threshold?: number;
  gene_sets?: GeneSets | null;
  compared?: Compared | null;
}

interface Compared { // two networks in one: the edges that either keeps
  names: Pair<string>;
  held: Holder[]; // who keeps each edge
  probability: Pair<Value[]>; // of each edge in both, null where the pair has no score there
}

type GeneSetRow = [name: string, description: string, both: number, all: number, expected: number, p: number, q: number, genes: string];

interface GeneSets {
  universe: number; // genes of the dataset
  tests: number;
  limit: number; // of q
  of: GeneSetRow[][]; // of each gene, most significant first
}

interface Home { // where genes lie in the whole network
  x: number[];
  y: number[];
  segments: Segments;
  extent: { x: Pair<number>; y: Pair<number> };
  communities: Community[];
}

interface Expectation { // of novel edges without a label
  n: number;
  mean: number;
  low: number;
  high: number;
}

interface Network {
  nNodes: number;
  nEdges: number;
  evidence: Evidence | null;
  summary: Summary;
  report: Report | null;
  sentences: Sentences;
  communities: Community[];
  labels: number[];
  threshold: number;
  regulatorsOf: number[][]; // edges into each gene, most probable first
  targetsOf: number[][]; // edges out of each gene
  rowOf: Map<string, number>;
  edgeOf: Map<string, number>; // "tf target", as rows
  segments: Segments;
  extent: { x: Pair<number>; y: Pair<number> };
  geneSets: GeneSets | null; // null where none were given
  compared: Compared | null; // null where the page shows one network
  home: Home | null; // null where no network is drawn
  levels: number[]; // limits of the classes of probability, of all edges of the page: a line keeps its width
  steps: number[]; // probabilities that occur, rising
}

interface Segments {
  x0: number[];
  y0: number[];
  x1: number[];
  y1: number[];
}

// ---- the evidence

interface Picture {
  name: string; // of the measurement, and of the section where it has several
  measurement: string;
  place: string; // what one place is called, such as "spot"
  units: string;
  drawn: boolean; // from values; else it is of images
  masked: boolean; // has pixels without a place
  mask: Mask | null; // of images: which pixels show the specimen; null where nobody knows
}

interface Mask {
  rows: number;
  columns: number;
  values: string; // base64 of bits, row by row, the highest of a byte first
}

interface GeneImage {
  name: string; // of the picture
  n: Value; // of how many images it is the mean; null where it is drawn from other values
  top: Value; // the value that white stands for, where it is drawn from values
  src: string;
}

interface SaliencyMap {
  rows: number;
  columns: number;
  values: string; // base64 of int8
}

interface Saliency {
  method: string;
  limit: number;
  tf: Record<string, SaliencyMap>;
  target: Record<string, SaliencyMap>;
}

interface EdgeEvidence {
  label: Value;
  fold: Value;
  fold_probabilities: Value[];
  method: string;
  baseline: number;
  rna: number;
  image: number;
  interaction: number;
  network: number;
  details: Record<string, number> | null;
  spearman: Value;
  of_target: Rank | null;
  of_tf: Rank | null;
  correlation_of_target: Rank | null;
  correlation_of_tf: Rank | null;
  correlation_of_all: Rank | null;
  near: [tf: string, target: string, tfR: Value, targetR: Value][] | null;
  saliency: Saliency | null;
  notes: string[] | null;
  correlations: Record<string, Record<string, number>> | null; // by measurement, of its values "as measured" and in further ways
}

interface ShownEdge {
  e: number;
  tf: number;
  target: number;
  tfName: string;
  targetName: string;
  found: EdgeEvidence | null;
  actions: Actions;
}

interface Profiles {
  name: string; // of the measurement
  units: string;
  place: string; // what one place is called, such as "sample"
  places: string[]; // names of those shown
  n_places: number; // of all
  correlated: boolean; // r and ρ of edges are of this measurement
  values: (string | null)[]; // of each gene: base64 of uint16, "" where it has none
  low: Value[];
  high: Value[];
  groups?: Group[]; // where places have groups, the largest first
  group?: number[]; // of each place that is shown
  histograms?: (string | null)[]; // of each gene: base64 of uint8, the shares of each group's places in bins from low to high
  means?: (string | null)[]; // base64 of uint16, as values
  detected?: (string | null)[]; // base64 of uint8, percent of each group's places
}

interface Group {
  name: string;
  n: number; // places
}

interface GroupValues {
  low: number;
  high: number;
  rows: { shares: number[]; mean: number; detected: number }[]; // of each group; shares of 255
}

interface GroupBar {
  share: number; // 0 to 1
  low?: number;
  high?: number;
  says: string;
}

interface Terms {
  name: string; // of the measurement
  place: string; // what one is called, such as "term"
  places: string[]; // names, the rarest first
  counts: number[]; // how many genes have each
  values: (number[] | null)[]; // of each gene: rows of places, ascending
}

interface TermLists {
  shared: number[];
  first: number[];
  second: number[];
}

interface Evidence {
  model: string;
  profiles: Profiles[];
  terms: Terms[];
  pictures: Picture[];
  images: (GeneImage[] | null)[]; // of each gene
  edges: { [Column in keyof EdgeEvidence]: (EdgeEvidence[Column] | null)[] };
  left_out: string[];
}

// ---- what is shown now

type Chosen = { gene: number; edge?: undefined } | { edge: number; gene?: undefined };
type Frame = { x: number; y: number; span: number };

interface State {
  threshold: number; // edges with this probability or more
  hidden: Set<string>; // of SIGNS and KINDS
  only: Set<string>; // of ONLY
  focus: number | null; // the gene that has the drawing for itself
  selection: Chosen | null;
  context: number | null; // the gene whose edges n and p step through
  view: Frame | null; // of the drawing, null: everything
  tab: Tab;
  theme: Theme | null; // null: that of the system
}

interface Shown {
  rows: number[]; // edges that pass
  genes: Uint8Array; // 1 for each gene that they link
  nGenes: number;
  crowded: boolean;
}

interface Bright {
  edges: number[];
  genes: Set<number>;
}

interface Actions {
  selectGene?: (i: number) => void;
  selectEdge?: (e: number) => void;
  showTab?: (tab: Tab) => void;
}

// ---- the drawing

interface View {
  x: number; // the centre, in units of the layout
  y: number;
  k: number; // pixels of a unit
  w: number; // size of the drawing in pixels
  h: number;
  fit: number; // k that shows everything
}

type Box = [left: number, top: number, right: number, bottom: number];

interface Look {
  tone: Tone;
  kind: Kind;
  level: number;
  between: boolean;
}

interface NameLabel {
  i: number;
  text: string;
  bold: boolean;
  size: number;
  dx: number;
  dy: number;
}

interface Scene {
  edges: number[];
  arrows: number[];
  bright: Bright | null;
  labels: NameLabel[];
}

type Trace = Record<string, any>; // of plotly

declare const Plotly: {
  react(place: HTMLElement, traces: Trace[], layout: object, config: object): Promise<unknown>;
  relayout(place: HTMLElement, update: object): Promise<unknown>;
  toImage(figure: object, options: object): Promise<string>;
};

// ---- the charts of the panels

interface Axis {
  range: number[];
  title: string;
  ticks?: number[];
  bare?: boolean; // without lines across
}

interface LinePoint {
  x: number;
  y: number;
  low?: Value;
  high?: Value;
  text?: string;
}

interface Window {
  explorer: object;
}
