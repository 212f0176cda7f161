// Who is signed in.
import { type QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError, answer, api, type Schemas, type User } from "./client";

const sessionQuery = queryOptions({
  queryKey: ["session"],
  staleTime: Infinity,
  // A session may have ended while one was in another tab.
  refetchOnWindowFocus: "always",
  queryFn: async (): Promise<User | null> => {
    try {
      return await answer(api.GET("/api/auth/me"));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
});

export const useSession = () => useQuery(sessionQuery);

// `undefined` while it isn't known yet, `null` when nobody is signed in.
export function useUser(): User | null | undefined {
  return useSession().data;
}

const endedQuery = queryOptions({
  queryKey: ["session", "ended"],
  queryFn: () => false,
  enabled: false,
  initialData: false,
});

// Was one signed in on this page until the server said otherwise?
export const useSessionEnded = () => useQuery(endedQuery).data;

// From now on a 401 to whoever is signed in here means that the session is over: it expired, or was
// ended elsewhere.
export function noticeEndedSessions(queries: QueryClient) {
  api.use({
    onResponse({ response }) {
      if (response.status !== 401 || !queries.getQueryData(sessionQuery.queryKey)) return;
      queries.setQueryData(endedQuery.queryKey, true);
      queries.setQueryData(sessionQuery.queryKey, null);
    },
  });
}

// What others may see of one's own videos depends on who asks: everything read so far is stale.
function useSessionChange<Input>(change: (input: Input) => Promise<User | null>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (user) => {
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" && queryKey[0] !== "instance" });
      queries.setQueryData(endedQuery.queryKey, false);
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
