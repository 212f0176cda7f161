// Videos as the page reads them. Query keys: ["videos", list] and ["video", id].
import {
  type InfiniteData,
  infiniteQueryOptions,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { answer, api, type Schemas, type Video, type VideoPage } from "./client";

export interface VideoList {
  mine: boolean;
  search: string;
}

type VideoListKey = readonly ["videos", VideoList];

export const pageSize = 24;

export const videoListQuery = ({ mine, search }: VideoList) =>
  infiniteQueryOptions<VideoPage, Error, InfiniteData<VideoPage, string | null>, VideoListKey, string | null>({
    queryKey: ["videos", { mine, search }],
    initialPageParam: null,
    getNextPageParam: (page) => page.next_cursor,
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/api/videos", {
          params: {
            query: {
              limit: pageSize,
              ...(mine && { mine: true }),
              ...(search && { q: search }),
              ...(pageParam && { cursor: pageParam }),
            },
          },
          signal,
        }),
      ),
  });

export const videoQuery = (id: string) =>
  queryOptions({
    queryKey: ["video", id],
    queryFn: ({ signal }): Promise<Video> => answer(api.GET("/api/videos/{id}", { params: { path: { id } }, signal })),
  });

export const useVideoList = (list: VideoList) => useInfiniteQuery(videoListQuery(list));
export const useVideo = (id: string) => useQuery(videoQuery(id));

function useVideoChange<Input, Result>(id: string, change: (input: Input) => Promise<Result>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["videos"] }),
        queries.invalidateQueries({ queryKey: ["video", id] }),
      ]),
  });
}

export const useEditVideo = (id: string) =>
  useVideoChange(id, (body: Schemas["VideoChanges"]) =>
    answer(api.PATCH("/api/videos/{id}", { params: { path: { id } }, body })),
  );

export const useRetryVideo = (id: string) =>
  useVideoChange(id, () => answer(api.POST("/api/videos/{id}/retry", { params: { path: { id } } })));

export interface NewTrack {
  file: File;
  language: string;
  label: string;
  kind: Schemas["TrackKind"];
  default: boolean;
}

// The file's bytes say what they are.
export const useAddTrack = (id: string) =>
  useVideoChange(id, ({ file, ...query }: NewTrack) =>
    answer(
      api.POST("/api/videos/{id}/tracks", {
        params: { path: { id }, query },
        body: file as unknown as string,
        bodySerializer: (body) => body,
        headers: { "Content-Type": "text/vtt" },
      }),
    ),
  );

export const useRemoveTrack = (id: string) =>
  useVideoChange(id, (track: string) =>
    answer(api.DELETE("/api/videos/{id}/tracks/{track}", { params: { path: { id, track } } })),
  );

export function useDeleteVideo(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.DELETE("/api/videos/{id}", { params: { path: { id } } })),
    onSuccess: () => {
      queries.removeQueries({ queryKey: ["video", id] });
      return queries.invalidateQueries({ queryKey: ["videos"] });
    },
  });
}
