import { httpRouter } from "convex/server";
import { auth } from "./auth";
import { addStravaRoutes } from "./routes/strava";

const http = httpRouter();

auth.addHttpRoutes(http);
addStravaRoutes(http);

export default http;
