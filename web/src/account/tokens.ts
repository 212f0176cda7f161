// API tokens as the page reads and makes them.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../api/client";

export type Token = Schemas["Token"];
export type CreatedToken = Schemas["CreatedToken"];

const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: ({ signal }) => answer(api.GET("/api/tokens", { signal })),
});

export const useTokens = () => useQuery(tokensQuery);

export function useCreateToken() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["NewToken"]) => answer(api.POST("/api/tokens", { body })),
    // Never kept: the answer holds the token itself.
    gcTime: 0,
    onSuccess: () => void queries.invalidateQueries(tokensQuery),
  });
}

export function useRevokeToken() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE("/api/tokens/{id}", { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries(tokensQuery),
  });
}

// For a terminal: proves the token and shows what one may see with it.
export const curlLine = (origin: string, token: string) =>
  `curl -H "Authorization: Bearer ${token}" "${origin}/api/videos?mine=true"`;
