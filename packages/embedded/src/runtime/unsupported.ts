/** Convex features that this deployment does not have, and what a function that uses one is told. */

const FEATURES: Readonly<Record<string, string>> = {
  "1.0/storageGetUrl": "File storage",
  "1.0/storageGetMetadata": "File storage",
  "1.0/storageGenerateUploadUrl": "File storage",
  "1.0/storageDelete": "File storage",
  "1.0/storageStore": "File storage",
  "1.0/storageGet": "File storage",
  "storage/storeBlob": "File storage",
  "storage/getBlob": "File storage",
  "1.0/actions/vectorSearch": "Vector search",
  "1.0/createServiceToken": "The Convex service token",
  "1.0/getServiceUrl": "The Convex service URL",
  "1.0/signJwt": "Signing tokens with ctx.auth.signJwt",
  "1.0/auditLog": "The audit log",
};

/** Refuses a system call by name, and names the deployments that have the feature. */
export function refuseOperation(operation: string): never {
  const feature = FEATURES[operation];
  throw new Error(
    feature
      ? `${feature} is not part of the embedded deployment: deploy to Convex cloud or self-hosted Convex to use it.`
      : `Unknown async operation ${operation} in this function.`,
  );
}
