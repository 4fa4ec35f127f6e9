// Renders /openapi.json for readers. No library, no other host: it works where there is no internet.
"use strict";

const make = (name, props = {}, ...children) => {
  const e = Object.assign(document.createElement(name), props);
  e.append(...children.filter((c) => c !== undefined && c !== null));
  return e;
};

let spec;

const resolve = (schema) => {
  let s = schema;
  for (let i = 0; s && s.$ref && i < 20; i++) {
    s = s.$ref.split("/").slice(1).reduce((at, key) => at && at[key], spec);
  }
  return s || {};
};

// form is the schema, or the first form of one that has several.
const form = (schema) => {
  const s = resolve(schema);
  return s.oneOf ? resolve(s.oneOf[0]) : s;
};

const typeText = (schema) => {
  const s = resolve(schema);
  if (s.oneOf) return s.oneOf.map(typeText).join(" or ");
  const types = [].concat(s.type || "any").filter((t) => t !== "null");
  if (types.includes("array")) return "list of " + typeText(s.items || {});
  return types.join(" or ");
};

const bounds = (s) => {
  const parts = [];
  if (s.enum) parts.push("one of " + s.enum.join(", "));
  if (s.minimum !== undefined) parts.push("from " + s.minimum);
  if (s.maximum !== undefined) parts.push("to " + s.maximum);
  if (s.minLength) parts.push("at least " + s.minLength + " characters");
  if (s.maxLength) parts.push("at most " + s.maxLength + " characters");
  if (s.maxItems) parts.push("at most " + s.maxItems + " items");
  if (s.default !== undefined) parts.push("default " + JSON.stringify(s.default));
  return parts.join(", ");
};

const schemaTable = (schema, depth = 0) => {
  let s = form(schema);
  if ([].concat(s.type || []).includes("array")) s = resolve(s.items || {});
  const names = Object.keys(s.properties || {});
  if (!names.length || depth > 4) return make("p", {}, make("code", {}, typeText(schema)), " ", s.description || "");
  const required = s.required || [];
  const rows = names.filter((n) => n !== "$schema").map((n) => {
    const p = resolve(s.properties[n]);
    const note = make("td", {}, p.description || s.properties[n].description || "", bounds(p) ? " (" + bounds(p) + ")" : "");
    const inner = [].concat(p.type || []).includes("array") ? resolve(p.items || {}) : p;
    if (inner.properties) note.append(nested(p, depth));
    return make("tr", {}, make("td", {}, make("code", {}, n), required.includes(n) ? " *" : ""), make("td", {}, typeText(p)), note);
  });
  return make("table", {}, make("tbody", {}, ...rows));
};

const nested = (schema, depth) => {
  const box = make("details", {}, make("summary", {}, "fields"));
  box.addEventListener("toggle", () => {
    if (box.children.length === 1) box.append(make("div", {}, schemaTable(schema, depth + 1)));
  });
  return box;
};

const content = (media) =>
  Object.entries(media || {}).flatMap(([kind, m]) => [make("p", {}, make("code", {}, kind)), schemaTable(m.schema || {})]);

const parameters = (list) => {
  if (!list || !list.length) return [];
  const rows = list.map((p) => make("tr", {}, make("td", {}, make("code", {}, p.name), p.required ? " *" : ""), make("td", {}, p.in),
    make("td", {}, typeText(p.schema || {})), make("td", {}, p.description || "", bounds(resolve(p.schema)) ? " (" + bounds(resolve(p.schema)) + ")" : "")));
  return [make("h4", {}, "Parameters"), make("table", {}, make("tbody", {}, ...rows))];
};

const curl = (method, path, op) => {
  let text = "curl" + (method === "get" ? "" : " -X " + method.toUpperCase()) + " '" + location.origin + path + "'";
  if (spec.components && spec.components.securitySchemes) text += " \\\n  -H \"Authorization: Bearer $SADI_TOKEN\"";
  const kinds = Object.keys((op.requestBody && op.requestBody.content) || {});
  if (kinds.includes("application/json")) {
    const s = form(op.requestBody.content["application/json"].schema || {});
    const sample = {};
    for (const n of s.required || []) {
      const p = resolve(s.properties[n]);
      sample[n] = p.examples ? p.examples[0] : typeText(p).startsWith("list") ? [] : "…";
    }
    text += " \\\n  -H 'Content-Type: application/json' -d '" + JSON.stringify(sample) + "'";
  } else if (kinds.length) text += " \\\n  -H 'Content-Type: " + kinds[0] + "' --data-binary @FILE";
  return make("pre", {}, text);
};

const operation = (method, path, op) => {
  const box = make("details", { id: op.operationId }, make("summary", {}, make("span", { className: "method" }, method.toUpperCase()), make("code", {}, path), " ", op.summary || ""));
  box.dataset.text = (method + " " + path + " " + op.summary + " " + (op.description || "")).toLowerCase();
  box.addEventListener("toggle", () => {
    if (box.children.length > 1) return;
    const responses = Object.entries(op.responses || {}).map(([status, r]) => {
      const ok = status < "400";
      return make("div", {}, make("p", {}, make("code", {}, status), " ", r.description || ""), ...(ok ? content(r.content) : []));
    });
    box.append(make("div", {}, make("p", {}, op.description || ""), curl(method, path, op), ...parameters(op.parameters),
      ...(op.requestBody ? [make("h4", {}, "Body"), ...content(op.requestBody.content)] : []), make("h4", {}, "Answers"), ...responses));
  });
  return box;
};

const show = () => {
  const page = document.getElementById("page");
  const find = make("input", { type: "search", placeholder: "Find a route" });
  find.setAttribute("aria-label", "Find a route");
  const groups = (spec.tags || []).map((tag) => {
    const list = Object.entries(spec.paths).flatMap(([path, item]) => Object.entries(item)
      .filter(([, op]) => op && op.tags && op.tags.includes(tag.name)).map(([method, op]) => operation(method, path, op)));
    return make("section", {}, make("h2", {}, tag.name), make("p", {}, tag.description || ""), ...list);
  });
  find.addEventListener("input", () => {
    const words = find.value.toLowerCase();
    for (const box of page.querySelectorAll("section > details")) box.hidden = !box.dataset.text.includes(words);
  });
  const problem = spec.components && spec.components.schemas && spec.components.schemas.Problem;
  page.replaceChildren(make("h1", {}, spec.info.title, " ", make("small", {}, spec.info.version)), make("p", {}, spec.info.description || ""),
    make("p", {}, "The description for programs: ", make("a", { href: "/openapi.json" }, "/openapi.json"), " (OpenAPI " + spec.openapi + ")."), find, ...groups,
    ...(problem ? [make("h2", {}, "Problems"), make("p", {}, "Every answer from 400 on has this form, as application/problem+json."), schemaTable(problem)] : []));
  const wanted = document.getElementById(location.hash.slice(1));
  if (wanted) { wanted.open = true; wanted.scrollIntoView(); }
};

fetch("/openapi.json").then((r) => r.json()).then((s) => { spec = s; show(); })
  .catch((e) => { document.getElementById("page").textContent = "The description can not be read: " + e; });
