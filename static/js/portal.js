// The page names the other modules: their addresses carry a hash of the content.
const { govuk, moj } = document.querySelector("script[data-govuk]").dataset;

(await import(govuk)).initAll();
if (document.querySelector('[data-module^="moj-"]')) (await import(moj)).initAll();
