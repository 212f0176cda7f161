#include "text/cue_text.h"

#include <gtest/gtest.h>

#include "text/cue.h"

namespace sluice {
namespace {

struct Case {
  std::string_view in, out, settings = "";
};

TEST(CueText, OfSubRipKeepsStylesAndEscapesTheRest) {
  for (const Case& one : {
           Case{"Hello <i>there</i>", "Hello <i>there</i>"},
           Case{"<B>loud</B> & <font color=\"red\">red</font>", "<b>loud</b> &amp; red"},
           Case{"<i>never closed", "<i>never closed</i>"},
           Case{"closed twice</i></i>", "closed twice"},
           Case{"<b><i>crossed</b></i>", "<b><i>crossed</i></b>"},
           Case{"if a < b && c > d", "if a &lt; b &amp;&amp; c &gt; d"},
           Case{"<laughs> ok", "&lt;laughs&gt; ok"},
           Case{"AT&amp;T &#233;&#x1F600;", "AT&amp;T \xC3\xA9\xF0\x9F\x98\x80"},
           Case{"{\\an8}at the top", "at the top", "line:0"},
           Case{"{braces} stay", "{braces} stay"},
           Case{"two\n\n\nlines\n", "two\nlines"},
           Case{"<i> </i>", ""},
       }) {
    const auto cue = cue_text_from_subrip(one.in);
    EXPECT_EQ(cue.text, one.out) << one.in;
    EXPECT_EQ(cue.settings, one.settings) << one.in;
  }
}

TEST(CueText, OfAssIsWithoutOverrides) {
  for (const Case& one : {
           Case{"Hola\\Nmundo", "Hola\nmundo"},
           Case{"{\\i1}slanted{\\i0} and {\\b700}bold", "<i>slanted</i> and <b>bold</b>"},
           Case{"{\\fs20\\c&HFFFFFF&\\pos(10,20)}plain", "plain"},
           Case{"{\\blur2\\bord1\\iclip(1,2,3,4)}still plain", "still plain"},
           Case{"{\\p1}m 0 0 l 100 0 100 100{\\p0}after a drawing", "after a drawing"},
           Case{"{\\an8}above", "above", "line:0"},
           Case{"{\\an2}below {a comment}", "below"},
           Case{"{\\b1}bold{\\r}not", "<b>bold</b>not"},
           Case{"a\\hb <script>alert(1)</script>",
                "a\xC2\xA0" "b &lt;script&gt;alert(1)&lt;/script&gt;"},
           Case{"\\{literal\\}", "{literal}"},
           Case{"{never closed", "{never closed"},
       }) {
    const auto cue = cue_text_from_ass(one.in);
    EXPECT_EQ(cue.text, one.out) << one.in;
    EXPECT_EQ(cue.settings, one.settings) << one.in;
  }
}

TEST(CueText, OfWebVttKeepsWhatWebVttHas) {
  for (const Case& one : {
           Case{"<v Fred & Ann>Hi", "<v Fred &amp; Ann>Hi</v>"},
           Case{"<c.yellow.bg_blue>col</c>", "<c.yellow.bg_blue>col</c>"},
           Case{"<c.a\"b>col</c>", "<c>col</c>"},
           Case{"<00:00:01.000>one <00:00:02.500>two", "<00:00:01.000>one <00:00:02.500>two"},
           Case{"<lang en-GB>colour</lang>", "<lang en-GB>colour</lang>"},
           Case{"<script>alert(1)</script>", "alert(1)"},
           Case{"<img src=x onerror=alert(1)>x", "x"},
           Case{"a &lt;b&gt; &amp; c & d", "a &lt;b&gt; &amp; c &amp; d"},
           Case{"x --> y", "x --&gt; y"},
           Case{"<ruby>kan<rt>ji</rt></ruby>", "<ruby>kan<rt>ji</rt></ruby>"},
       }) {
    EXPECT_EQ(cue_text_from_webvtt(one.in).text, one.out) << one.in;
  }
}

TEST(CueText, NeverHoldsControlCharactersOrBlankLines) {
  const std::string_view text("a\r\x01\x7F" "\tb\n \n\nc", 12);
  EXPECT_EQ(cue_text_from_subrip(text).text, "a b\nc");
}

TEST(CueText, IsBoundedAndClosedWhateverComes) {
  std::string deep, wide(1'000'000, 'x');
  for (int i = 0; i < 10'000; ++i) deep += "<i>";
  const auto nested = cue_text_from_webvtt(deep + "x").text;
  EXPECT_EQ(nested, "<i><i><i><i><i><i><i><i>x</i></i></i></i></i></i></i></i>");
  EXPECT_LE(cue_text_from_ass(wide).text.size(), kMaxCueBytes);
  EXPECT_LE(cue_text_from_subrip("<i>" + wide).text.size(), kMaxCueBytes + 10);
}

TEST(CueSettings, KeepsWhatIsKnownAndWellFormed) {
  EXPECT_EQ(cue_settings("line:0 position:20%,line-left align:start"),
            "line:0 position:20%,line-left align:start");
  EXPECT_EQ(cue_settings(" region:fred line:<b> size:50%  size:10% nonsense"), "size:50%");
}

}  // namespace
}  // namespace sluice
