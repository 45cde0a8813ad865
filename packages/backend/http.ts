import { httpRouter } from "convex/server";
import { auth } from "./auth";
import { httpAction } from "./lib/functions";
import { createApi } from "./routes/api/app";
import { addStravaRoutes } from "./routes/strava";

const http = httpRouter();

auth.addHttpRoutes(http);
addStravaRoutes(http);

const api = createApi();
const serveApi = httpAction(async (ctx, request) => await api.fetch(request, ctx));
for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const) {
  http.route({ pathPrefix: "/api/v1/", method, handler: serveApi });
}

export default http;
