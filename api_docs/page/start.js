// The reference asks nobody else: no validator badge, no address from the query, no kept credentials.
SwaggerUIBundle({
  url: "/api/docs/openapi.json",
  dom_id: "#reference",
  validatorUrl: null,
  queryConfigEnabled: false,
  persistAuthorization: false,
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  defaultModelsExpandDepth: 0,
});
