// Who is signed in, and what this installation allows.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError, answer, api, type Schemas, type User } from "./client";

const sessionQuery = queryOptions({
  queryKey: ["session"],
  staleTime: Infinity,
  queryFn: async (): Promise<User | null> => {
    try {
      return await answer(api.GET("/api/auth/me"));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
});

// `undefined` while it isn't known yet, `null` when nobody is signed in.
export function useUser(): User | null | undefined {
  return useQuery(sessionQuery).data;
}

// What others may see of one's own videos depends on who asks: everything read so far is stale.
function useSessionChange<Input>(change: (input: Input) => Promise<User | null>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (user) => {
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" && queryKey[0] !== "instance" });
      queries.setQueryData(sessionQuery.queryKey, user);
    },
  });
}

export const useSignIn = () =>
  useSessionChange(async (body: Schemas["Credentials"]) => (await answer(api.POST("/api/auth/login", { body }))).user);

export const useSignUp = () =>
  useSessionChange(async (body: Schemas["Credentials"]) => (await answer(api.POST("/api/auth/signup", { body }))).user);

export const useSignOut = () =>
  useSessionChange(async () => {
    await answer(api.POST("/api/auth/logout"));
    return null;
  });
