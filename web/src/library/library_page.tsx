import { Clapperboard, Upload } from "lucide-react";
import { useSearchParams } from "wouter";
import { Page } from "../layout/page";
import { PageHeading } from "../layout/page_heading";
import { ButtonLink } from "../ui/button";
import { EmptyState } from "../ui/empty_state";
import { SearchedFor } from "./searched_for";
import { VideoCard } from "./video_card";
import { VideoGrid } from "./video_grid";

export function LibraryPage() {
  const [parameters] = useSearchParams();
  const search = parameters.get("q")?.trim() ?? "";
  return (
    <Page title={search ? `Search: ${search}` : "Sluice"}>
      <VideoGrid
        list={{ mine: false, search }}
        heading={
          <PageHeading title="Videos">{search && <SearchedFor search={search} everything="/" />}</PageHeading>
        }
        empty={<NothingYet />}
        card={(video) => <VideoCard key={video.id} video={video} />}
      />
    </Page>
  );
}

function NothingYet() {
  return (
    <EmptyState
      icon={Clapperboard}
      title="No videos yet"
      actions={
        <ButtonLink href="/upload" look="primary" icon={Upload}>
          Upload the first video
        </ButtonLink>
      }
    >
      Sluice turns the video files you upload into streams that play on every screen, from your own server.
    </EmptyState>
  );
}
