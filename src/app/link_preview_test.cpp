#include "app/link_preview.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kPage =
    "<head>\n    <title>Sluice</title>\n    <!-- head -->\n  </head>\n";

Video titled(std::string title) {
  Video video;
  video.id = VideoId("abc");
  video.title = std::move(title);
  return video;
}

TEST(LinkPreview, SaysWhatTheVideoIs) {
  const auto page = with_link_preview(kPage, titled("Holiday"), "https://video.example.com",
                                      "https://video.example.com/play/T/images/poster.jpg");
  EXPECT_THAT(page, HasSubstr("<title>Holiday · Sluice</title>"));
  EXPECT_THAT(page, HasSubstr("property=\"og:title\" content=\"Holiday\""));
  EXPECT_THAT(page, HasSubstr("property=\"og:type\" content=\"video.other\""));
  EXPECT_THAT(page,
              HasSubstr("property=\"og:url\" content=\"https://video.example.com/watch/abc\""));
  EXPECT_THAT(
      page,
      HasSubstr("\"og:image\" content=\"https://video.example.com/play/T/images/poster.jpg\""));
  EXPECT_THAT(page, Not(HasSubstr("<!-- head -->")));
}

TEST(LinkPreview, NamesNoImageWithoutOne) {
  EXPECT_THAT(with_link_preview(kPage, titled("Holiday"), "http://a", ""),
              Not(HasSubstr("og:image")));
}

TEST(LinkPreview, TakesTitlesAsText) {
  const auto page = with_link_preview(
      kPage, titled("</title><script>alert('a')</script>\" x=\"&amp;"), "http://a", "");
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
  EXPECT_THAT(page, HasSubstr("<title>&lt;/title&gt;&lt;script&gt;"));
  EXPECT_THAT(page, HasSubstr("&quot; x=&quot;&amp;amp;\""));
}

TEST(LinkPreview, DoesNotTakeATitleForItsOwnMark) {
  const auto page = with_link_preview(kPage, titled("<!-- head -->"), "http://a", "");
  EXPECT_THAT(page, HasSubstr("<title>&lt;!-- head --&gt; · Sluice</title>"));
}

TEST(LinkPreview, LeavesAPageWithoutPlacesAlone) {
  EXPECT_EQ(with_link_preview("<p>", titled("Holiday"), "http://a", ""), "<p>");
}

}  // namespace
}  // namespace sluice
