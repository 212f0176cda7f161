import { EllipsisVertical, Eye, Link, Pencil, RotateCw, Trash, Upload } from "lucide-react";
import { memo, useState } from "react";
import type { VideoSummary } from "../api/client";
import { useRetryVideo } from "../api/videos";
import { Button, ButtonLink, IconButton } from "../ui/button";
import { copyText } from "../ui/copy_text";
import { Menu, MenuItem, MenuSeparator } from "../ui/menu";
import { useToast } from "../ui/toasts";
import { VideoCard } from "./video_card";
import { DeleteVideoDialog, RenameDialog, VisibilityDialog } from "./video_dialogs";
import styles from "./own_video_card.module.css";

type Change = "rename" | "visibility" | "delete";

// A card of one's own video: with what one can do about it.
export const OwnVideoCard = memo(function OwnVideoCard({ video }: { video: VideoSummary }) {
  const [change, setChange] = useState<Change>();
  const close = () => setChange(undefined);
  return (
    <>
      <VideoCard
        video={video}
        menu={<CardMenu video={video} onChange={setChange} />}
        action={<NextStep video={video} />}
      />
      {change === "rename" && <RenameDialog video={video} onClose={close} />}
      {change === "visibility" && <VisibilityDialog video={video} onClose={close} />}
      {change === "delete" && <DeleteVideoDialog video={video} onClose={close} />}
    </>
  );
});

function CardMenu({ video, onChange }: { video: VideoSummary; onChange: (change: Change) => void }) {
  const toast = useToast();
  const copyLink = async () => {
    const copied = await copyText(`${window.location.origin}/watch/${video.id}`);
    toast(copied ? "Link copied" : "The browser did not allow copying.");
  };
  const label = `Actions for ${video.title}`;
  return (
    <Menu label={label} button={(props) => <IconButton label={label} icon={EllipsisVertical} {...props} />}>
      <MenuItem icon={Link} onSelect={() => void copyLink()}>
        Copy link
      </MenuItem>
      <MenuItem icon={Pencil} onSelect={() => onChange("rename")}>
        Rename
      </MenuItem>
      <MenuItem icon={Eye} onSelect={() => onChange("visibility")}>
        Who can see it
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={Trash} danger onSelect={() => onChange("delete")}>
        Delete
      </MenuItem>
    </Menu>
  );
}

function NextStep({ video }: { video: VideoSummary }) {
  const retry = useRetryVideo(video.id);
  if (video.status === "pending") {
    return (
      <ButtonLink href="/upload" icon={Upload}>
        Continue upload
      </ButtonLink>
    );
  }
  if (video.status !== "failed") return null;
  return (
    <div className={styles.retry}>
      <Button icon={RotateCw} disabled={retry.isPending} onClick={() => retry.mutate(undefined)}>
        Try again
      </Button>
      {retry.isError && (
        <p className={styles.error} role="alert">
          {retry.error.message}
        </p>
      )}
    </div>
  );
}
