// The network that is in the page, as JSON in a script element.

import { byId } from "./elements.js";
import { loadNetwork } from "./network.js";

export const readPageData = () => loadNetwork(JSON.parse(byId("network-data").textContent ?? ""));
