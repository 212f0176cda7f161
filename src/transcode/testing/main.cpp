// The test program is also the engine that it starts, as `sluice` is.
#include <string_view>

#include <gmock/gmock.h>

#include "transcode/engine_child.h"

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view{argv[1]} == "engine") return sluice::engine_child_main();
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
