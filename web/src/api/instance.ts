// What this installation is and allows.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "./client";

export type Instance = Schemas["Instance"];

export const instanceQuery = queryOptions({
  queryKey: ["instance"],
  staleTime: Infinity,
  queryFn: (): Promise<Instance> => answer(api.GET("/api/instance")),
});

// `undefined` while it isn't known yet, or can't be.
export function useInstance(): Instance | undefined {
  return useQuery(instanceQuery).data;
}
