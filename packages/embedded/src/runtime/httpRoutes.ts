/** Which component serves an HTTP path: the app's own routes first, then what is mounted under a prefix. */
import type { Component, Deployment } from "./deployment.ts";

export interface HttpRoute {
  component: Component;
  /** The path as that component's router sees it. */
  pathname: string;
}

const CHILD = "_reference/childComponent/";

/** Every router that may know `pathname`, in the order in which to ask them. */
export function routeHttp(deployment: Deployment, pathname: string): HttpRoute[] {
  const app = deployment.components.get("")!;
  const { httpPrefix } = app.definition.metadata;
  const own = httpPrefix ? routesBelow(app, httpPrefix, pathname) : routesOf(app, pathname);
  return [...own, ...mountedRoutes(deployment, app, pathname)];
}

function mountedRoutes(deployment: Deployment, parent: Component, pathname: string): HttpRoute[] {
  return Object.entries(parent.definition.metadata.httpMounts)
    .sort(([a], [b]) => b.length - a.length)
    .flatMap(([prefix, reference]) => {
      const path = parent.children.get(reference.slice(CHILD.length))!;
      const child = deployment.components.get(path)!;
      const inside = insidePath(prefix, pathname);
      if (inside === null) return [];
      return [...routesOf(child, inside), ...mountedRoutes(deployment, child, inside)];
    });
}

function routesBelow(component: Component, prefix: string, pathname: string): HttpRoute[] {
  const inside = insidePath(prefix, pathname);
  return inside === null ? [] : routesOf(component, inside);
}

function routesOf(component: Component, pathname: string): HttpRoute[] {
  const hasRouter = component.definition.modules["http.js"]?.httpRoutes != null;
  return hasRouter ? [{ component, pathname }] : [];
}

/** `/a/` and `/a/b/c` give `/b/c`; null when the path is not below the prefix. Prefixes end in `/`. */
function insidePath(prefix: string, pathname: string): string | null {
  return pathname.startsWith(prefix) ? pathname.slice(prefix.length - 1) : null;
}
