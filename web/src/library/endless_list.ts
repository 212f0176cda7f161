// A list of videos that is read on as one scrolls, and how the active ones in it stay up to date.
import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
  type QueryClient,
} from "@tanstack/react-query";
import { answer, api, type VideoPage, type VideoSummary } from "../api/client";
import { pageSize, type VideoList, videoListQuery } from "../api/videos";

type Pages = InfiniteData<VideoPage, string | null>;

// While a search is under way, what was found before stays.
export const useEndlessList = (list: VideoList) =>
  useInfiniteQuery({ ...videoListQuery(list), placeholderData: keepPreviousData });

// A video that is uploaded between the reading of two pages moves the others on: each only once.
export function allVideos(data: Pages | undefined): VideoSummary[] {
  const seen = new Map<string, VideoSummary>();
  for (const page of data?.pages ?? []) {
    for (const video of page.videos) if (!seen.has(video.id)) seen.set(video.id, video);
  }
  return [...seen.values()];
}

const isBusy = ({ status }: VideoSummary) => status === "queued" || status === "processing";

// How often (in milliseconds) the active videos of a list are asked about; `false` for not at all.
export function pollingInterval(videos: VideoSummary[]): number | false {
  if (videos.some(isBusy)) return 2000;
  return videos.some(({ status }) => status === "pending") ? 10_000 : false;
}

const mostPages = 4;

// The cursors of the pages with something active in them: the newest few, so that a poll stays small.
export function activeCursors({ pages, pageParams }: Pages): (string | null)[] {
  return pageParams
    .filter((_, at) => pages[at]?.videos.some((video) => isBusy(video) || video.status === "pending"))
    .slice(0, mostPages);
}

export function withFreshVideos(data: Pages, fresh: VideoSummary[]): Pages {
  const byId = new Map(fresh.map((video) => [video.id, video]));
  const pages = data.pages.map((page) => ({
    ...page,
    videos: page.videos.map((video) => byId.get(video.id) ?? video),
  }));
  return { ...data, pages };
}

async function refreshActive(queries: QueryClient, list: VideoList, signal: AbortSignal): Promise<number> {
  const { queryKey } = videoListQuery(list);
  const before = queries.getQueryData<Pages>(queryKey);
  if (!before) return 0;
  const search = { mine: list.mine, limit: pageSize, ...(list.search && { q: list.search }) };
  const pages = await Promise.all(
    activeCursors(before).map((cursor) =>
      answer(api.GET("/api/videos", { params: { query: { ...search, ...(cursor && { cursor }) } }, signal })),
    ),
  );
  queries.setQueryData<Pages>(queryKey, (data) => data && withFreshVideos(data, pages.flatMap(({ videos }) => videos)));
  return Date.now();
}

// Polls while something in the list is active: one small request for many cards, where a stream of
// events for each would use up the browser's connections.
export function useFollowedList(list: VideoList) {
  const queries = useQueryClient();
  const { data } = useInfiniteQuery({ ...videoListQuery(list), enabled: false });
  const interval = pollingInterval(allVideos(data));
  useQuery({
    queryKey: ["active videos", list],
    queryFn: ({ signal }) => refreshActive(queries, list, signal),
    enabled: interval !== false,
    refetchInterval: interval,
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
}
