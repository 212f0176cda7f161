#include "plan/language.h"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace sluice {
namespace {

// ISO 639-1, ISO 639-2/T and, where it differs, ISO 639-2/B.
struct Codes {
  std::string_view two, terminological, bibliographic;
};

constexpr Codes kCodes[] = {
    {"aa", "aar", ""},    {"ab", "abk", ""},    {"ae", "ave", ""},    {"af", "afr", ""},
    {"ak", "aka", ""},    {"am", "amh", ""},    {"an", "arg", ""},    {"ar", "ara", ""},
    {"as", "asm", ""},    {"av", "ava", ""},    {"ay", "aym", ""},    {"az", "aze", ""},
    {"ba", "bak", ""},    {"be", "bel", ""},    {"bg", "bul", ""},    {"bh", "bih", ""},
    {"bi", "bis", ""},    {"bm", "bam", ""},    {"bn", "ben", ""},    {"bo", "bod", "tib"},
    {"br", "bre", ""},    {"bs", "bos", ""},    {"ca", "cat", ""},    {"ce", "che", ""},
    {"ch", "cha", ""},    {"co", "cos", ""},    {"cr", "cre", ""},    {"cs", "ces", "cze"},
    {"cu", "chu", ""},    {"cv", "chv", ""},    {"cy", "cym", "wel"}, {"da", "dan", ""},
    {"de", "deu", "ger"}, {"dv", "div", ""},    {"dz", "dzo", ""},    {"ee", "ewe", ""},
    {"el", "ell", "gre"}, {"en", "eng", ""},    {"eo", "epo", ""},    {"es", "spa", ""},
    {"et", "est", ""},    {"eu", "eus", "baq"}, {"fa", "fas", "per"}, {"ff", "ful", ""},
    {"fi", "fin", ""},    {"fj", "fij", ""},    {"fo", "fao", ""},    {"fr", "fra", "fre"},
    {"fy", "fry", ""},    {"ga", "gle", ""},    {"gd", "gla", ""},    {"gl", "glg", ""},
    {"gn", "grn", ""},    {"gu", "guj", ""},    {"gv", "glv", ""},    {"ha", "hau", ""},
    {"he", "heb", ""},    {"hi", "hin", ""},    {"ho", "hmo", ""},    {"hr", "hrv", ""},
    {"ht", "hat", ""},    {"hu", "hun", ""},    {"hy", "hye", "arm"}, {"hz", "her", ""},
    {"ia", "ina", ""},    {"id", "ind", ""},    {"ie", "ile", ""},    {"ig", "ibo", ""},
    {"ii", "iii", ""},    {"ik", "ipk", ""},    {"io", "ido", ""},    {"is", "isl", "ice"},
    {"it", "ita", ""},    {"iu", "iku", ""},    {"ja", "jpn", ""},    {"jv", "jav", ""},
    {"ka", "kat", "geo"}, {"kg", "kon", ""},    {"ki", "kik", ""},    {"kj", "kua", ""},
    {"kk", "kaz", ""},    {"kl", "kal", ""},    {"km", "khm", ""},    {"kn", "kan", ""},
    {"ko", "kor", ""},    {"kr", "kau", ""},    {"ks", "kas", ""},    {"ku", "kur", ""},
    {"kv", "kom", ""},    {"kw", "cor", ""},    {"ky", "kir", ""},    {"la", "lat", ""},
    {"lb", "ltz", ""},    {"lg", "lug", ""},    {"li", "lim", ""},    {"ln", "lin", ""},
    {"lo", "lao", ""},    {"lt", "lit", ""},    {"lu", "lub", ""},    {"lv", "lav", ""},
    {"mg", "mlg", ""},    {"mh", "mah", ""},    {"mi", "mri", "mao"}, {"mk", "mkd", "mac"},
    {"ml", "mal", ""},    {"mn", "mon", ""},    {"mr", "mar", ""},    {"ms", "msa", "may"},
    {"mt", "mlt", ""},    {"my", "mya", "bur"}, {"na", "nau", ""},    {"nb", "nob", ""},
    {"nd", "nde", ""},    {"ne", "nep", ""},    {"ng", "ndo", ""},    {"nl", "nld", "dut"},
    {"nn", "nno", ""},    {"no", "nor", ""},    {"nr", "nbl", ""},    {"nv", "nav", ""},
    {"ny", "nya", ""},    {"oc", "oci", ""},    {"oj", "oji", ""},    {"om", "orm", ""},
    {"or", "ori", ""},    {"os", "oss", ""},    {"pa", "pan", ""},    {"pi", "pli", ""},
    {"pl", "pol", ""},    {"ps", "pus", ""},    {"pt", "por", ""},    {"qu", "que", ""},
    {"rm", "roh", ""},    {"rn", "run", ""},    {"ro", "ron", "rum"}, {"ru", "rus", ""},
    {"rw", "kin", ""},    {"sa", "san", ""},    {"sc", "srd", ""},    {"sd", "snd", ""},
    {"se", "sme", ""},    {"sg", "sag", ""},    {"si", "sin", ""},    {"sk", "slk", "slo"},
    {"sl", "slv", ""},    {"sm", "smo", ""},    {"sn", "sna", ""},    {"so", "som", ""},
    {"sq", "sqi", "alb"}, {"sr", "srp", ""},    {"ss", "ssw", ""},    {"st", "sot", ""},
    {"su", "sun", ""},    {"sv", "swe", ""},    {"sw", "swa", ""},    {"ta", "tam", ""},
    {"te", "tel", ""},    {"tg", "tgk", ""},    {"th", "tha", ""},    {"ti", "tir", ""},
    {"tk", "tuk", ""},    {"tl", "tgl", ""},    {"tn", "tsn", ""},    {"to", "ton", ""},
    {"tr", "tur", ""},    {"ts", "tso", ""},    {"tt", "tat", ""},    {"tw", "twi", ""},
    {"ty", "tah", ""},    {"ug", "uig", ""},    {"uk", "ukr", ""},    {"ur", "urd", ""},
    {"uz", "uzb", ""},    {"ve", "ven", ""},    {"vi", "vie", ""},    {"vo", "vol", ""},
    {"wa", "wln", ""},    {"wo", "wol", ""},    {"xh", "xho", ""},    {"yi", "yid", ""},
    {"yo", "yor", ""},    {"za", "zha", ""},    {"zh", "zho", "chi"}, {"zu", "zul", ""},
};

const Codes* find_codes(std::string_view language) {
  const auto* found = std::find_if(std::begin(kCodes), std::end(kCodes), [&](const Codes& codes) {
    return language == codes.two || language == codes.terminological ||
           (!language.empty() && language == codes.bibliographic);
  });
  return found == std::end(kCodes) ? nullptr : found;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The first subtag of a language tag, in lower case; "" where there is none.
std::string primary_subtag(std::string_view tag) {
  const auto end = std::min(tag.find_first_of("-_"), tag.size());
  const bool letters =
      std::all_of(tag.begin(), tag.begin() + static_cast<std::ptrdiff_t>(end), is_letter);
  if (end < 2 || end > 3 || !letters) return "";
  std::string primary(tag.substr(0, end));
  for (char& c : primary) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return primary;
}

bool says_nothing(std::string_view language) {
  return language == "und" || language == "mis" || language == "mul" || language == "zxx" ||
         language == "qaa";
}

}  // namespace

std::string language_tag(std::string_view language) {
  const std::string primary = primary_subtag(language);
  if (primary.empty() || says_nothing(primary)) return "";
  const auto* codes = find_codes(primary);
  std::string tag(codes != nullptr ? codes->two : primary);
  std::string rest(language.substr(primary.size()));
  std::replace(rest.begin(), rest.end(), '_', '-');
  const bool shaped =
      rest.size() <= 30 && std::all_of(rest.begin(), rest.end(), [](unsigned char c) {
        return c == '-' || (c < 0x80 && std::isalnum(c) != 0);
      });
  const bool empty_subtag = rest.ends_with('-') || rest.find("--") != std::string::npos;
  return shaped && !empty_subtag ? tag + rest : tag;
}

std::string iso_639_2(std::string_view tag) {
  const std::string primary = primary_subtag(tag);
  if (const auto* codes = find_codes(primary)) return std::string(codes->terminological);
  return primary.size() == 3 ? primary : "und";
}

}  // namespace sluice
