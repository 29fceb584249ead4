// Versions stand in the file names, so each file may be cached for good.
import { initAll } from "./govuk-frontend-6.6.0.min.js";

initAll();
if (document.querySelector('[data-module^="moj-"]')) {
  const moj = await import("./moj-frontend-11.1.0.min.js");
  moj.initAll();
}
