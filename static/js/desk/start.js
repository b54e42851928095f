// Township and village staff: a narrow screen goes to its own orders, a wide one to the map.
const narrow = matchMedia("(max-width: 639.98px)").matches;
location.replace(document.querySelector(narrow ? "[data-start-narrow]" : "[data-start-wide]").href);
