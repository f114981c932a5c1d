// What the site's search shows (Sphinx puts this file into its own script as its scorer).
"use strict";

// Without a server a page may not read other pages, so there is nothing to quote from them.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// A result that leads into a page says where: "Channels > Feature maps". The index and the titles
// then give the same line for the same section, which the search shows once. Among equals the
// glossary comes first, and then the chapters in their order (upstream puts 10 before 2).
var Scorer = {
  ...Scorer,
  score: (result) => {
    const [, title, anchor, , score, filename] = result;
    const { alltitles, filenames, titles } = Search._index;
    const file = filenames.indexOf(filename);
    if (anchor && title === titles[file]) {
      const heading = Object.entries(alltitles).find(([, places]) =>
        places.some(([page, id]) => page === file && `#${id}` === anchor)
      );
      const term = anchor.startsWith("#term-") ? anchor.slice(6).replaceAll("-", " ") : "";
      result[1] = [title, heading?.[0] ?? term].filter(Boolean).join(" > ");
    }
    return score + (anchor.startsWith("#term-") ? 0.5 : -file / 1000);
  },
};
