// Draw every plot of the page in its place, as large as its layout says, or as the page has room for.
for (const { id, data, layout, config } of JSON.parse(document.getElementById("plot-data").textContent)) {
  const place = document.getElementById(id), { style } = place.parentElement;
  style.width = layout.width ? `${layout.width}px` : "100%";
  style.height = layout.height ? `${layout.height}px` : "100%";
  Plotly.newPlot(place, data, layout, config);
}
