#include "transcode/encode_after_all.h"

#include "base/log.h"
#include "media/not_copyable.h"
#include "plan/pass_through.h"
#include "transcode/outside_error.h"
#include "video/object_key.h"
#include "video/video.h"

namespace sluice {
namespace {

bool has_copy(const Plan& plan) {
  return !plan.renditions.empty() && plan.renditions.front().copied;
}

}  // namespace

bool was_copy_refused(const Plan& plan, const std::vector<std::string>& tracks,
                      const Error& error) {
  if (!has_copy(plan)) return false;
  // What the gate says of a copied segment is the source's fault.
  const bool is_copy = tracks == std::vector{plan.renditions.front().name};
  return media::is_not_copyable(error) || (is_copy && error.code == kOutputInvalid);
}

Result<TaskRun> encode_after_all(const TaskParts& parts, const Claim& claim, const Plan& plan,
                                 const Error& why) {
  log_info("not copied", {{"video_id", claim.task.video_id.str()}, {"detail", why.message}});
  auto changed = encode_largest(plan);
  changed.pass_through = why.message;
  Replacement replacement;
  replacement.plan_json = to_json(changed);
  replacement.work_total = total_work(changed);
  replacement.removed = plan.renditions.front().name;
  replacement.added = changed.renditions.front().name;
  replacement.tasks = tasks_of_rendition(changed, replacement.added);
  SLUICE_TRY(from_outside(parts.tasks.replace_rendition(claim, replacement, parts.clock.now())));
  return TaskRun{};
}

Result<> remove_spare(ObjectStore& media, const VideoId& video, const Plan& plan) {
  if (!plan.spare) return {};
  return from_outside(media.remove_prefix(video_prefix(video) + plan.spare->name + "/"));
}

}  // namespace sluice
