// Runs in the reader's browser, beside swagger-ui's own bundle.
const darkness = matchMedia("(prefers-color-scheme: dark)");
const followScheme = () => document.documentElement.classList.toggle("dark-mode", darkness.matches);
darkness.addEventListener("change", followScheme);
followScheme();

globalThis.SwaggerUIBundle({
  url: "/docs/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  docExpansion: "list",
  filter: true,
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 2,
  // No badge: it would ask a server of somebody else's about this document.
  validatorUrl: null,
  // The token stays in this page, and is gone with it.
  persistAuthorization: false,
});
