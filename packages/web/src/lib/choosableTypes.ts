interface Choosable {
  activityTypeId: string;
  isRetired?: true | undefined;
}

/** The activities that can be chosen: those that are not retired, and those that are chosen already. */
export function choosableTypes<Type extends Choosable>(
  types: readonly Type[],
  chosenIds: readonly string[] = [],
): Type[] {
  return types.filter(
    ({ activityTypeId, isRetired }) => isRetired !== true || chosenIds.includes(activityTypeId),
  );
}
