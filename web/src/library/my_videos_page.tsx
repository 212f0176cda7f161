import { SquarePlay, Upload } from "lucide-react";
import { useSearchParams } from "wouter";
import { RequireAccount } from "../account/require_account";
import { Page } from "../layout/page";
import { PageHeading } from "../layout/page_heading";
import { ButtonLink } from "../ui/button";
import { EmptyState } from "../ui/empty_state";
import { useFollowedList } from "./endless_list";
import { OwnVideoCard } from "./own_video_card";
import { SearchedFor } from "./searched_for";
import { VideoGrid } from "./video_grid";

export default function MyVideosPage() {
  return (
    <Page title="My videos">
      <RequireAccount reason="Your videos belong to your account, also those that others don’t see.">
        <MyVideos />
      </RequireAccount>
    </Page>
  );
}

function MyVideos() {
  const [parameters] = useSearchParams();
  const search = parameters.get("q")?.trim() ?? "";
  const list = { mine: true, search };
  useFollowedList(list);
  return (
    <VideoGrid
      list={list}
      heading={
        <PageHeading title="My videos">{search && <SearchedFor search={search} everything="/videos" />}</PageHeading>
      }
      empty={<NothingYet />}
      card={(video) => <OwnVideoCard key={video.id} video={video} />}
    />
  );
}

function NothingYet() {
  return (
    <EmptyState
      icon={SquarePlay}
      title="You have no videos yet"
      actions={
        <ButtonLink href="/upload" look="primary" icon={Upload}>
          Upload a video
        </ButtonLink>
      }
    >
      What you upload is here from its first byte: you see how far it is, and who can see it.
    </EmptyState>
  );
}
